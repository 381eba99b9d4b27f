#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/flow/record_store.hpp>
#include <ensue/flow/saga.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

struct saga_options {
  std::size_t live_max = saga_limits::live_sagas;    ///< parked ones count too
  std::size_t ended_max = saga_limits::ended_sagas;  ///< remembered, to know late events
  duration remember_ended = std::chrono::hours{24};  ///< longer than any redelivery takes
  std::size_t capacity = limits::queue_capacity;     ///< events waiting, per definition and type
  unsigned concurrency = 64;                         ///< sagas that step at once, per type
  bool keep_history = false;  ///< every record stays in memory, for `history`
};

/// How many sagas there are and were. started = completed + compensated + parked + live, always.
/// The sagas that a restart found count as started.
struct saga_account {
  std::uint64_t started = 0, completed = 0, compensated = 0;
  std::uint64_t parked = 0;  ///< the abandoned ones too
  std::uint64_t live = 0;    ///< in a state, or undoing
  bool balanced() const noexcept { return started == completed + compensated + parked + live; }

  // What came.
  std::uint64_t steps = 0;         ///< recorded: inputs that changed a saga
  std::uint64_t early = 0;         ///< of these, events kept for a later state
  std::uint64_t timeouts = 0;      ///< of these, time-outs
  std::uint64_t duplicates = 0;    ///< events known already
  std::uint64_t before_start = 0;  ///< events of sagas that were not started
  std::uint64_t late = 0;          ///< events after the end
  std::uint64_t unexpected = 0;    ///< events no state waits for
  std::uint64_t full = 0;          ///< refused: too many live sagas
  std::uint64_t replays = 0;       ///< events of a replay without effects
  std::uint64_t not_stored = 0;    ///< steps that the store refused; they did not happen
  // What went out.
  std::uint64_t effects = 0;      ///< published and settled
  std::uint64_t failed = 0;       ///< of these, with a handler that failed for good
  std::uint64_t republished = 0;  ///< perhaps published before a restart, so again
  std::uint64_t unknown = 0;      ///< recorded effects that no definition can publish any more

  std::string text() const;
};

struct saga_info {
  std::string saga;
  int version = 1;
  std::string key;
  std::string state;
  saga_phase phase = saga_phase::live;
  std::string reason;
  std::uint64_t step = 0;
  wall_time at{};
};

namespace detail {
struct saga_core;
}

/// Runs sagas: hears their events on a bus, records each step, then publishes its effects.
///
///     sagas all{bus, store};
///     all.add(fulfilment());
///     co_await all.start();
///
/// Promises: a step is in the store before anything of it is seen. An effect is published at least
/// once, always with the same id, and counts as published when its handlers have settled; effects
/// of one saga go one after the other. Time-outs are never early and survive a restart. Every
/// started saga ends completed, compensated or parked in bounded time once faults have ended.
///
/// Limits: as in the options; at most saga_limits per saga. A new saga beyond `live_max` is refused
/// with errc::full, which a retry of the subscription may cure.
/// Lifetime: `bus` and `store` outlive it. `stop` before it is destroyed on a running loop.
/// Threads: loop thread.
/// Order: events of one saga one at a time, as they came; different sagas in parallel.
/// Errors: a step that the store refuses makes the handler fail: nothing happened, it may be
/// retried. See docs/sagas.md.
/// Cost: per step one record (the whole saga, as JSON), and one mark when its effects are out.
class sagas {
 public:
  sagas(bus& b, record_store& store, saga_options o = {});
  sagas(const sagas&) = delete;
  sagas& operator=(const sagas&) = delete;
  ~sagas();

  /// Registers a definition, several versions of a name beside each other; before `start`.
  template <class Data>
  void add(const saga_definition<Data>& d) {
    add(d.share());
  }
  void add(std::shared_ptr<const saga_plan> plan);

  /// Checks the definitions, reads the store, arms time-outs, publishes what may not have been
  /// published, and listens. A saga whose definition is missing is parked; its record is kept.
  /// Cancellation: throws; destroy it then.
  /// Errors: throws system_error(errc::invalid) that says what is wrong with which definition or
  /// record; or the store's.
  task<> start();

  /// Hears nothing more, waits for steps that are being recorded, lets effects that are under way
  /// be published again at the next start.
  /// Cancellation: waits on. Errors: none.
  task<> stop();

  saga_account account() const;
  /// The live and parked ones, ordered by name and key; or the parked ones alone.
  std::vector<saga_info> list() const;
  std::vector<saga_info> parked() const;
  /// The newest record; also of ended ones that are remembered.
  std::optional<saga_record> find(std::string_view saga, std::string_view key) const;

  /// A parked saga goes on waiting where it was, with its time-out anew; publishes nothing.
  /// Cancellation: as a step. Errors: errc::not_found; errc::refused: not parked, or its definition
  /// is missing; else the store's: nothing happened.
  task<result<>> resume(std::string saga, std::string key);
  /// A parked saga undoes what was done; an undoing that was not confirmed counts as done.
  /// Cancellation: as a step. Errors: as `resume`.
  task<result<>> compensate(std::string saga, std::string key);
  /// A parked saga is given up: it stays parked and is forgotten as ended ones are.
  /// Cancellation: as a step. Errors: as `resume`.
  task<result<>> abandon(std::string saga, std::string key, std::string why);

  /// The records of one saga as lines, for a golden history. Empty without `keep_history`.
  std::string history(std::string_view saga, std::string_view key) const;

 private:
  task<result<>> command(std::string saga, std::string key, saga_cause cause, std::string note);
  std::shared_ptr<detail::saga_core> core_;
};

}  // namespace ensue
