#pragma once

#include <ensue/sim/explore.hpp>

#include <string_view>
#include <vector>

namespace ensue::scenarios {

struct entry {
  std::string_view name;
  std::string_view says;
  void (*run)(sim::world&);
  void (*planted)(sim::world&) = nullptr;  ///< the same with a bug, which must be found
};

/// Coroutine handlers with a key: in order within it, never two at once, never too many in all.
void lanes(sim::world& w);
/// A random program of verbs, subscriptions and overflow policies: the ledger of each subscription
/// agrees with an independent count and balances at every step.
void books(sim::world& w);
/// S-05: every started saga ends completed, compensated or parked, nothing half done: crashes
/// between record and effect, a log that refuses, mail that is doubled, late and out of order.
void sagas_end(sim::world& w);
void sagas_end_ack_first(sim::world& w);  ///< the log says a record is safe before it is
void sagas_end_no_ids(sim::world& w);     ///< handlers of effects do not look at the id
void sagas_end_naive(sim::world& w);      ///< a saga in memory, started by whatever comes

/// S-03, S-06, S-07, S-12: what each promises is in `all`.
void dedupe_window(sim::world& w);
void dedupe_window_planted(sim::world& w);
void breaker_probes(sim::world& w);
void breaker_probes_planted(sim::world& w);
void retry_budgets(sim::world& w);
void retry_budgets_planted(sim::world& w);
void limits_leak(sim::world& w);
void limits_leak_planted(sim::world& w);
/// S-08.
void schedules(sim::world& w);
void schedules_planted(sim::world& w);

/// Ends the world before what its coroutines refer to goes: declared behind that.
struct ends_first {
  explicit ends_first(sim::world& w) noexcept : world{w} {}
  ends_first(const ends_first&) = delete;
  ends_first& operator=(const ends_first&) = delete;
  ~ends_first() { world.end(); }
  sim::world& world;
};

inline const std::vector<entry>& all() {
  static const std::vector<entry> list{
      {"lanes", "order within a key, parallel across keys", &lanes},
      {"books", "the ledger under a random program", &books},
      {"dedupe", "S-03: one effect per event and window, at its very edge too", &dedupe_window,
       &dedupe_window_planted},
      {"breaker", "S-06: never more probes than allowed; closes when the service heals",
       &breaker_probes, &breaker_probes_planted},
      {"retry", "S-07: retries within the budget, the jitter and one deadline", &retry_budgets,
       &retry_budgets_planted},
      {"limits", "S-12: limits are never exceeded, and no permit leaks when cancelled",
       &limits_leak, &limits_leak_planted},
      {"sagas", "S-05: every saga ends, nothing half done", &sagas_end, &sagas_end_ack_first},
      {"saga-ids", "S-05: every effect once", &sagas_end, &sagas_end_no_ids},
      {"saga-old", "S-05: against a saga in memory", &sagas_end, &sagas_end_naive},
      {"schedules",
       "S-08: a fixed rate over a virtual year: no drift, nothing early, twice or lost", &schedules,
       &schedules_planted}};
  return list;
}

}  // namespace ensue::scenarios
