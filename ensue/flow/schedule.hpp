#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/flow/schedule_store.hpp>
#include <ensue/flow/schedule_timing.hpp>
#include <ensue/reliability/backoff.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue {

/// One moment of a schedule.
struct tick {
  uuid id;                       ///< of its event; see tick_id
  std::string schedule;          ///< id of the schedule
  std::string name;              ///< of the schedule
  wall_time due{};               ///< when it should be, not when it is
  std::uint64_t stands_for = 1;  ///< ticks, those included that were missed before it
};

/// What to do when. `scheduler::add` and `scheduler::keep` say what is published.
struct schedule_options {
  timing when;
  std::string id{};    ///< unique in its scheduler; empty: made
  std::string name{};  ///< for people; empty: the id
  /// What becomes of ticks that could not be in time: the program was down or busy, the clock was
  /// set forward. skip: dropped, but for the last one when it is not later than `grace`; once: the
  /// last one, for all of them; all: one after the other, the oldest `missed_max`.
  catch_up missed = catch_up::once;
  std::uint64_t missed_max = 100;
  duration grace = std::chrono::minutes{1};
  overlap busy = overlap::allow;
};

/// An event by name, as it can be kept in a file.
struct named_event {
  std::string name;
  std::string json = "{}";
  int version = 0;
};

struct scheduler_options {
  std::size_t schedules_max = 10'000;
  unsigned at_once_max = 8;  ///< unsettled ticks of one schedule; more wait, at most missed_max
  /// How late a schedule that follows the wall clock may notice that this was set forward: it wakes
  /// that often while it waits. Nothing else here wakes before its time.
  duration clock_check = std::chrono::minutes{1};
  backoff retry{};  ///< between attempts to hand over a tick that the bus refused
};

/// How a schedule stands.
struct schedule_info {
  std::string id, name, when;
  bool durable = false;
  std::optional<wall_time> next{};  ///< the next tick; none: it waits for the end of the last one
  std::optional<wall_time> last{};  ///< the last tick that settled
  std::uint64_t settled = 0;        ///< ticks that were published and whose handlers have settled
  std::uint64_t missed = 0;      ///< left out because they were late, or stood for by a later one
  std::uint64_t overlapped = 0;  ///< left out because the ones before were not done
  std::uint64_t failed = 0;      ///< could not be published; the log says why
  std::size_t unsettled = 0;     ///< now
};

namespace detail {
class schedule_engine;
using tick_sender =
    std::function<task<publish_result>(const std::shared_ptr<dispatcher>&, const tick&)>;
/// Publishes the record as the event of the tick: with its id, time and the schedule as subject.
task<publish_result> publish_tick(std::shared_ptr<dispatcher> d, record_ref r, const tick& t);
}  // namespace detail

/// Publishes events on a bus: after a while, at a time, at intervals, by cron.
///
///     scheduler clock{bus};
///     (void)clock.add<heartbeat>({.when = timing::fixed_rate(5s), .id = "heart"}, heartbeat{});
///     co_await clock.run();  // until cancelled
///
/// A tick is never early, by the clock its timing follows, and never twice because the wall clock
/// was set back: `at` and cron then wait until it has come to their next tick again. What is handed
/// to the bus is retried until the bus accepts it.
///
/// Durable schedules (`keep`) survive in a store: after a restart they go on with the first tick
/// that is not known to be done, by their missed-tick policy. A tick is done when its handlers have
/// settled; one that was published before a crash but not noted comes again, with the same event
/// id, which is for `dedupe` to find.
///
/// Limits:   as in the options; schedules are refused beyond them.
/// Lifetime: destroying the scheduler ends nothing: cancel `run` for that. The bus and the store
///           outlive `run`.
/// Threads:  loop thread.
/// Order:    ticks of one schedule are published in order of their times; with overlap::skip each
///           settles before the next.
/// Cost:     one runtime timer per schedule; idle schedules cost nothing, see clock_check.
class scheduler {
 public:
  explicit scheduler(bus& b, scheduler_options o = {}, schedule_store* store = nullptr);
  scheduler(scheduler&&) noexcept = default;
  ~scheduler();

  /// Publishes what `make(const tick&)` returns. In memory only. Returns the id.
  /// Errors: errc::exists, errc::full; errc::invalid: its first tick never comes. Nothing was done.
  template <event E, std::invocable<const tick&> F>
  result<std::string> add(schedule_options o, F make) {
    return add_sender(std::move(o), [make = std::move(make)](const std::shared_ptr<dispatcher>& d,
                                                             const tick& t) mutable {
      return detail::publish_tick(d, detail::build<E>(*d, nullptr, make(t)), t);
    });
  }
  /// Publishes a copy of `e`. Errors: as above.
  template <event E>
  result<std::string> add(schedule_options o, E e) {
    return add<E>(std::move(o), [e = std::move(e)](const tick&) -> const E& { return e; });
  }

  /// Declares a durable schedule; needs a store and an id. What is kept under that id goes on when
  /// it was declared the same, else it begins anew with this definition.
  ///
  /// Shape:        done when it is in the store. Counts from then.
  /// Cancellation: throws; it may or may not be kept.
  /// Errors:       errc::invalid: no id, no store, a wrong name or JSON text, never comes;
  ///               errc::exists: in memory only under that id; errc::full; the store's. Not kept.
  task<result<std::string>> keep(schedule_options o, named_event what);

  /// Takes up what the store keeps; call it once, before `run`. Returns how many there are.
  ///
  /// Cancellation: throws; nothing was taken up.
  /// Errors:       the store's; errc::invalid: one that cannot be read, the log names it.
  task<result<std::size_t>> load();

  /// Stops a schedule, at the call: no further tick is published. The task is done when the store
  /// knows too. What was published already is not undone.
  ///
  /// Cancellation: throws; it may come back at the next `load`.
  /// Errors:       errc::not_found; the store's: as when cancelled.
  task<result<>> cancel(std::string_view id);

  /// By id.
  std::vector<schedule_info> list() const;
  std::optional<schedule_info> find(std::string_view id) const;

  /// Does it. May be called again after it was cancelled: what came due meanwhile was missed.
  ///
  /// Deadline:     none; runs until cancelled.
  /// Cancellation: ends ticks under way, which count as not done; then throws.
  /// Errors:       errc::exists thrown: runs already.
  task<> run();

 private:
  result<std::string> add_sender(schedule_options o, detail::tick_sender send);

  std::shared_ptr<detail::schedule_engine> engine_;
};

}  // namespace ensue
