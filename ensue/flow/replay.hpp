#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/flow/event_log.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ensue {

struct replay_options {
  std::vector<std::string> into{};  ///< names of subscriptions; empty: all
  double speed = 0;  ///< 0: as fast as the handlers; 1: with the pauses of then; 10: ten times that
  bool allow_effects = false;  ///< webhooks, remote publishes, sagas act as on a fresh event
};

struct replay_report {
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;           ///< of these, with a handler that failed
  std::uint64_t unreadable = 0;       ///< neither the registry nor an upcaster could read them
  std::vector<std::string> faults{};  ///< the first 16 of both
};

/// Tells events of a log again, one after the other, each when the handlers of the one before have
/// settled. They keep their id, time, key, subject and chain, and are marked (`context::replay`),
/// as is all that they cause; `effects_allowed` is false for them unless `allow_effects`.
///
/// Limits: a copy of the events that match. Events logged meanwhile are not told.
/// Deadline: none; wrap it. Lifetime: log and bus outlive it. Threads: loop thread.
/// Order: as logged.
/// Cancellation: throws; the event at hand may have been delivered.
/// Errors: throws errc::not_found when `into` names a subscription that is not there, errc::closed.
task<replay_report> replay(const event_log& log, log_filter filter, bus& into_bus,
                           replay_options options);

}  // namespace ensue
