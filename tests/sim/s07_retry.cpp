// S-07: many callers retry against one service: within the budget, the jitter, and one deadline.
#include "scenarios.hpp"
#include <ensue/async/scope.hpp>
#include <ensue/reliability/retry.hpp>

#include <string>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;

constexpr retry_budget_policy thrift{.ratio = 0.5, .per_second = 20, .saved_max = 20};

struct crowd {
  sim::world& w;
  runtime& rt;
  retry_policy policy;
  retry_budget budget;
  bool planted;
  time_point began;
  duration late;  // how late this machine may be
  unsigned bad_permille = 700;
  std::uint64_t succeeded = 0, retries = 0;
  std::string broken{};

  // Not thrown where it happens: it would be retried.
  void must(bool holds, const char* what) {
    if (!holds && broken.empty()) broken = what;
  }
};

struct caller {
  crowd& of;
  random_stream draw;
  time_point began{};
  time_point failed_at{};
};

task<int> attempt(caller& c, unsigned number) {
  crowd& all = c.of;
  const time_point now = all.rt.now();
  all.must(now < c.began + all.policy.deadline + all.late, "began after its deadline");
  if (number > 1) {
    const double longer = number == 2 ? 1 : 2;
    const auto base = static_cast<double>(all.policy.base.count()) * longer;
    const auto waited = static_cast<double>((now - c.failed_at).count());
    all.must(waited >= base * all.policy.jitter_min, "waited less than the jitter allows");
    all.must(waited <= base * all.policy.jitter_max + static_cast<double>(all.late.count()),
             "waited more than the jitter allows");
    ++all.retries;
    const double t = std::chrono::duration<double>(now - all.began).count();
    const double most = 20 + 0.5 * static_cast<double>(all.succeeded) + 20 * t;
    all.must(static_cast<double>(all.retries) <= most + 1e-6, "more retries than the budget");
  }
  co_await sleep_for(all.rt, std::chrono::milliseconds{c.draw.below(40)});
  c.failed_at = all.rt.now();
  if (c.draw.chance(all.bad_permille)) throw std::runtime_error{"no route"};
  ++all.succeeded;
  co_return 1;
}

// The bug: a fresh deadline with every attempt, and nobody counts the retries.
task<> retry_planted(crowd& all, caller& c) {
  retry_state state{all.policy, all.rt.now()};
  random_stream draw = all.rt.random("retry");
  for (;;) {
    std::exception_ptr error;
    try {
      (void)co_await with_timeout(all.rt, all.policy.deadline, attempt(c, state.attempt()));
      co_return;
    } catch (...) {
      error = std::current_exception();
    }
    c.failed_at = all.rt.now();
    if (is_cancellation(error) || state.failed() + 1 == all.policy.attempts)
      std::rethrow_exception(error);
    const next_step next = state.after(error, all.rt, draw);
    co_await sleep_for(all.rt, next.wait);
  }
}

task<> call(crowd& all, random_stream draw) {
  caller c{all, draw, all.rt.now()};
  const auto op = [&](unsigned number) { return attempt(c, number); };
  try {
    if (all.planted) {
      co_await retry_planted(all, c);
    } else {
      (void)co_await retry(all.rt, all.policy, op, &all.budget);
    }
  } catch (const std::runtime_error&) {  // given up, or cancelled
  }
  all.must(all.rt.now() <= c.began + all.policy.deadline + all.late,
           "one deadline for all attempts, but it took longer");
}

void play(sim::world& w, bool planted) {
  const retry_policy p{.attempts = 3, .base = 20ms, .cap = 1s, .deadline = 100ms};
  const sim::options& o = w.setting();
  const duration late = o.timer_grid * 2 + o.stall_max * 8 + o.step_time * 4000 + 1ms;
  crowd all{w, w.rt(), p, retry_budget{w.rt(), thrift}, planted, w.now(), late};
  const ends_first before_the_crowd{w};
  const auto body = [&](scope& s) -> task<> {
    random_stream draw = w.random("calls");
    for (int i = 0; i < 15; ++i) {
      const auto c = s.spawn("call", call(all, w.random("caller " + std::to_string(i))));
      if (draw.chance(300)) co_await sleep_for(w.rt(), std::chrono::milliseconds{draw.below(30)});
      if (draw.chance(100)) c.cancel();
    }
  };
  w.block_on(with_scope(w.rt(), body));
  if (!planted)
    all.must(all.retries <= all.budget.taken(), "a retry that the budget does not know");
  w.require(all.broken.empty(), all.broken);
}

}  // namespace

void retry_budgets(sim::world& w) { play(w, false); }
void retry_budgets_planted(sim::world& w) { play(w, true); }

}  // namespace ensue::scenarios
