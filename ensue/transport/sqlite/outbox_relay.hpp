#pragma once

#include <ensue/async/task.hpp>
#include <ensue/transport/sqlite/group_rows.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ensue::sqlite {

struct relay_options {
  std::string name = "outbox";       ///< its place in the file is kept under it, as of a group
  std::vector<std::string> types{};  ///< patterns of what it carries; empty: all
  std::size_t at_once = 256;         ///< events in one publishing
  duration lease = std::chrono::seconds{30};
};

/// Carries what is published in a file of SQLite (`tx::publish`, `transport::publish`) to another
/// transport: the outbox. With it an event leaves if, and only if, the transaction that published
/// it was committed.
///
///     sqlite::outbox_relay relay{store, broker, {}};
///     work.spawn("outbox", relay.run());
///
/// Promise:  at least once, in the order of the file, with the same ids; so a target that dedupes
///           stores each once. Its place is moved when the target has accepted, and kept over
///           restarts: after a crash at most `at_once` events go again.
/// Limits:   of the relays with one name, in all processes, one works; the others stand by.
/// Lifetime: both transports outlive it. Threads: loop thread.
class outbox_relay {
 public:
  outbox_relay(transport& from, ensue::transport& to, relay_options o);

  /// Goes on until it is cancelled, whatever the target does: it tries again with backoff.
  /// Cancellation: throws; what was on its way goes again next time. Errors: none; see `trouble`.
  task<> run();

  std::uint64_t relayed() const noexcept { return relayed_; }
  bool working() const noexcept { return working_; }  ///< false: another one does
  /// What the last attempt failed of; empty: it is well.
  const std::string& trouble() const noexcept { return trouble_; }

 private:
  struct work;
  transport& from_;
  ensue::transport& to_;
  relay_options options_;
  membership who_;
  bool joined_ = false;
  bool working_ = false;
  std::uint64_t relayed_ = 0;
  std::string trouble_;
};

}  // namespace ensue::sqlite
