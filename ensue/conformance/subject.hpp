#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/transport/transport.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::conformance {

/// A server that is not set up as it must be, and what somebody who asks too much of it is told.
struct misconfiguration {
  std::string name;                                  ///< "appendfsync is everysec"
  std::function<std::unique_ptr<transport>()> make;  ///< a transport on that server, not opened
  survival asked = survival::power;
  bool replicated = false;
  std::string says{};  ///< is in the text of the refusal: what to change
};

/// A delivery that was given up, as the transport's own list tells.
struct dead_letter {
  std::string id;
  std::string reason;
};

/// How the suite gets at a transport under test. Everything below `make` has a default or may be
/// left out; a case that needs a hook that is not there is skipped, and says so.
///
/// On a simulated runtime the suite runs in virtual time; on a real one it waits for conditions,
/// and looks for `quiet` where nothing must come.
struct subject {
  runtime& rt;
  /// A transport, not opened, on the log that is called `space` ([a-z0-9_], at most 40), on the
  /// same server each time. Every case has a space of its own. Its features may be asked at once.
  std::function<std::unique_ptr<transport>(const std::string& space)> make;

  duration lease = std::chrono::seconds{1};         ///< the shortest that the transport keeps well
  duration quiet = std::chrono::milliseconds{300};  ///< after which what has not come never will
  /// In which what must come comes: several leases.
  duration patience = std::chrono::seconds{10};
  duration case_limit = std::chrono::seconds{60};
  unsigned percent = 100;  ///< of the numbers of events: fewer for a slow server

  /// Stops the server in an orderly way and starts it again, and comes back when it answers.
  std::function<task<>()> restart_server{};
  /// The same with kill -9.
  std::function<task<>()> kill_server{};
  /// What the transport's own list of the dead of this group says.
  std::function<task<std::vector<dead_letter>>(const std::string& space, const std::string& group)>
      list_dead{};
  std::vector<misconfiguration> misconfigurations{};
};

}  // namespace ensue::conformance
