#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/flow/record_store.hpp>
#include <ensue/flow/saga_json.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// One event as it was published.
struct logged_event {
  std::uint64_t number = 0;  ///< 1, 2, 3 … in the order they were logged; never used again
  wall_time at{};            ///< when it was published, else when it was logged
  uuid id;
  std::optional<uuid> correlation{};
  std::optional<uuid> causation{};
  std::string type;
  int version = 1;
  std::optional<std::string> key{};
  std::optional<std::string> subject{};
  any_json event;
};
BOOST_DESCRIBE_STRUCT(logged_event, (),
                      (number, at, id, correlation, causation, type, version, key, subject, event))

/// Which events; all conditions must hold.
struct log_filter {
  std::uint64_t after = 0;  ///< numbers above it
  wall_time from = wall_time::min();
  wall_time until = wall_time::max();  ///< not included
  std::vector<std::string> types{};    ///< names or patterns (`order.>`); empty: all
  std::string key{};                   ///< envelope key; empty: any
  std::string subject{};               ///< envelope subject; empty: any

  bool matches(const logged_event& e) const;
};

struct event_log_options {
  std::size_t bytes_max = std::size_t{64} << 20;  ///< of JSON, in memory and in the store
  unsigned concurrency = 256;                     ///< events on their way to the store at once
};

struct event_log_account {
  std::uint64_t events = 0;  ///< held
  std::uint64_t bytes = 0;
  std::uint64_t first = 0;       ///< number of the oldest one held; 0: none
  std::uint64_t last = 0;        ///< number given last
  std::uint64_t dropped = 0;     ///< the oldest, to stay within `bytes_max`: all below `first`
  std::uint64_t unreadable = 0;  ///< had no JSON: the bus's registry does not know their type
};

/// Remembers what was published: append-only, bounded, in order. The whole log is in memory; with a
/// store on a file it is there after a restart too.
///
///     event_log log{rt, store};
///     co_await log.start();
///     auto listening = log.attach(bus, "order.>");
///
/// Limits: `bytes_max`. When more comes, the oldest quarter is dropped, counted, and said at the
/// head of the store.
/// Lifetime: the store outlives it; it outlives its subscriptions.
/// Threads: loop thread. Order: as published, per subscription.
/// Errors: an event that the store refuses makes the log's handler fail: it is not in the log, and
/// the policy of the subscription decides.
class event_log {
 public:
  event_log(runtime& rt, record_store& store, event_log_options o = {});
  event_log(const event_log&) = delete;
  event_log& operator=(const event_log&) = delete;
  ~event_log();

  /// Reads the store. Cancellation: throws. Errors: throws system_error: the store's, or
  /// errc::invalid with the place for a record that is none.
  task<> start();

  /// Logs every event whose name matches the pattern. Events of a replay are not logged again.
  [[nodiscard]] subscription attach(bus& b, std::string_view pattern);

  /// Appends one; its number is given here. Cancellation: throws; it may or may not be logged.
  /// Errors: of the store: it is not logged.
  task<result<>> append(logged_event e);

  /// Oldest first, `most` at most. Cost: looks at every event held.
  std::vector<logged_event> read(const log_filter& f, std::size_t most = std::size_t(-1)) const;
  event_log_account account() const noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace ensue
