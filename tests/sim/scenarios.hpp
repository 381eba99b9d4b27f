#pragma once

#include <ensue/testing/scenario.hpp>

#include <string>
#include <utility>
#include <vector>

// One file a scenario, named as in the list. A scenario with planted bugs asks w.planted("name");
// without one it must never fail, with one it must: a test searches for both.
namespace ensue::scenarios {

using testing::simulation;

void lanes(sim::world& w);
void books(sim::world& w);
void s01_at_least_once(simulation& w);
void s02_key_order(simulation& w);
void s04_outbox(simulation& w);
void s09_bounded_queue(simulation& w);
void s10_shutdown(simulation& w);
void s11_handlers_misbehave(simulation& w);
void s14_leader(simulation& w);
void s15_event_storm(simulation& w);
void jobs_fenced(simulation& w);
void jobs_in_a_file(simulation& w);

void dedupe_window(sim::world& w);
void dedupe_window_planted(sim::world& w);
void breaker_probes(sim::world& w);
void breaker_probes_planted(sim::world& w);
void retry_budgets(sim::world& w);
void retry_budgets_planted(sim::world& w);
void limits_leak(sim::world& w);
void limits_leak_planted(sim::world& w);

void sagas_end(sim::world& w);
void sagas_end_ack_first(sim::world& w);
void sagas_end_no_ids(sim::world& w);
void sagas_end_naive(sim::world& w);

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

/// A scenario of two functions, one of them with the bug.
inline testing::scenario with_bug(std::string name, std::string says, void (*good)(sim::world&),
                                  void (*bad)(sim::world&)) {
  const auto either = [good, bad](simulation& w) { (w.planted("bug") ? bad : good)(w.world()); };
  return {std::move(name), std::move(says), either, {{"bug"}}};
}

inline void s05_sagas(simulation& w) {
  auto* const run = w.planted("ack_first") ? sagas_end_ack_first
                    : w.planted("no_ids")  ? sagas_end_no_ids
                    : w.planted("naive")   ? sagas_end_naive
                                           : sagas_end;
  run(w.world());
}

inline testing::scenario jobs_by_name() {
  return {"jobs",
          "jobs under leases: effects at least once, ends once, one worker at a time",
          jobs_fenced,
          {{"no_token", "the store takes the end of a lost lease"},
           {"no_heartbeat", "a worker does not extend its leases"},
           {"ack_first", "a job is done when it is claimed"}}};
}

inline testing::scenario jobs_kept() {
  return {"jobs_file",
          "jobs in a file: crashes and losses of power",
          jobs_in_a_file,
          {{"early_ack", "says that a job is recorded before it is on the disk"}}};
}

inline testing::scenario event_storm() {
  return {"s15",
          "an event storm is cut and named",
          s15_event_storm,
          {{"loses_cause", "publishes by the bus after an await"}}};
}

inline std::vector<testing::scenario> all() {
  return {
      {"lanes", "order within a key, parallel across keys", lanes},
      {"books", "the ledger under a random program", books},
      {"s01",
       "an accepted order is charged exactly once: crashes, lost and doubled messages",
       s01_at_least_once,
       {{"no_dedupe", "every delivery charges"},
        {"racy", "looks, waits, charges, then records"},
        {"mark_first", "records before it charges"},
        {"early_ack", "acknowledges before it has charged"}}},
      {"s02",
       "order within a key, 1 to 64 at once, with retries by the policy",
       s02_key_order,
       {{"no_key", "the subscription has no key"},
        {"repost", "a retry goes to the back of the queue"},
        {"in_place", "a retry holds its worker"}}},
      with_bug("s03", "dedupe: one effect per event and window, at its very edge too",
               dedupe_window, dedupe_window_planted),
      {"s04",
       "outbox: a crash at every fault site",
       s04_outbox,
       {{"publish_first", "tells before it has written"},
        {"two_writes", "order and event in two transactions"},
        {"mark_first", "marks as sent before it sends"}}},
      {"s05",
       "every saga ends completed, compensated or parked, nothing half done",
       s05_sagas,
       {{"ack_first", "the log says a record is safe before it is"},
        {"no_ids", "handlers of effects do not look at the id"},
        {"naive", "a saga in memory, started by whatever comes"}}},
      with_bug("s06", "breaker: never more probes than allowed; closes when the service heals",
               breaker_probes, breaker_probes_planted),
      with_bug("s07", "retries within the budget, the jitter and one deadline", retry_budgets,
               retry_budgets_planted),
      with_bug("s08", "a fixed rate over a virtual year: no drift, nothing early, twice or lost",
               schedules, schedules_planted),
      {"s09",
       "a bounded queue: bound, wake-ups, fairness",
       s09_bounded_queue,
       {{"over_bound", "looks for room, is interrupted, adds"},
        {"lost_wakeup", "looks, is interrupted, waits"},
        {"barging", "a newcomer overtakes who waits"}}},
      {"s10",
       "an app that is stopped at any step",
       s10_shutdown,
       {{"no_flush", "what was taken in stays in a buffer"},
        {"keeps_taking", "goes on saying yes while it stops"}}},
      {"s11",
       "handlers that end, subscribe, recurse, fail and destroy the bus",
       s11_handlers_misbehave,
       {{"late_end", "a handler for once ends itself after an await"}}},
      with_bug("s12", "limits are never exceeded, and no permit leaks when cancelled", limits_leak,
               limits_leak_planted),
      {"s14",
       "leader election: one holder, tokens grow, a paused one overwrites nothing",
       s14_leader,
       {{"no_fence", "the database lets every token pass"},
        {"unfenced_read", "the holder reads past the fence"},
        {"renews_lost", "a renewal succeeds when the lease is somebody else's"},
        {"from_answer", "the holder counts from when it hears the answer"},
        {"calendar", "the holder goes by the calendar"},
        {"forgets", "the lease store begins with token 1 after a crash"}}},
      jobs_by_name(),
      jobs_kept(),
      event_storm(),
  };
}

}  // namespace ensue::scenarios
