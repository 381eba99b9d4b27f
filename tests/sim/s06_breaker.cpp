// S-06: calls in every order through a breaker before a service that fails, then heals.
#include "scenarios.hpp"
#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/reliability/breaker.hpp>

#include <string>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;

// The bug: once it was open long enough it lets everybody try, not one probe.
class eager_breaker {
 public:
  eager_breaker(runtime& rt, unsigned failures, duration open_for)
      : rt_{rt}, failures_max_{failures}, open_for_{open_for} {}
  bool lets_through() const { return failures_ < failures_max_ || probing(); }
  bool probing() const { return failures_ >= failures_max_ && rt_.now() >= failed_at_ + open_for_; }
  void succeeded() { failures_ = 0; }
  void failed() { ++failures_, failed_at_ = rt_.now(); }

 private:
  runtime& rt_;
  unsigned failures_max_, failures_ = 0;
  duration open_for_;
  time_point failed_at_{};
};

struct service {
  sim::world& w;
  runtime& rt;
  breaker_policy policy;
  breaker guard;
  eager_breaker eager;
  bool planted;
  bool healthy = false;
  unsigned probes = 0;  // at work, counted here
};

// Counts a probe as long as it is at work, however it ends.
struct at_work {
  at_work(service& s, bool probe) : of{s}, counts{probe} {
    if (counts) of.w.require(++of.probes <= of.policy.half_open_max, "too many probes at work");
  }
  at_work(const at_work&) = delete;
  at_work& operator=(const at_work&) = delete;
  ~at_work() { of.probes -= counts ? 1 : 0; }
  service& of;
  bool counts;
};

task<> call_planted(service& s, duration takes) {
  if (!s.eager.lets_through()) co_return;
  const at_work here{s, s.eager.probing()};
  co_await sleep_for(s.rt, takes);
  if (s.healthy) {
    s.eager.succeeded();
  } else {
    s.eager.failed();
  }
}

task<> call(service& s, duration takes, bool patient) {
  if (s.planted) co_return co_await call_planted(s, takes);
  breaker::permit p;
  if (patient) {
    p = co_await s.guard.acquire();
  } else if (auto now = s.guard.try_acquire()) {
    p = std::move(*now);
    s.w.require(s.guard.state() != breaker_state::open, "a call began while it was open");
  } else {
    co_return;
  }
  const at_work here{s, p.probe()};
  co_await sleep_for(s.rt, takes);
  if (s.healthy) {
    p.succeeded();
  } else {
    p.failed();
  }
}

task<> client(service& s, random_stream draw) {
  for (int i = 0; i < 8; ++i) {
    co_await sleep_for(s.rt, std::chrono::milliseconds{draw.below(20)});
    const duration takes{std::chrono::milliseconds{draw.below(10)}};
    const bool patient = draw.chance(300);
    co_await call(s, takes, patient);
  }
}

task<> run(service& s, scope& in, random_stream draw) {
  for (int i = 0; i < 4; ++i) {
    const auto c = in.spawn("client", client(s, s.w.random("client " + std::to_string(i))));
    if (draw.chance(200)) {
      co_await sleep_for(s.rt, std::chrono::milliseconds{draw.below(40)});
      c.cancel();
    }
  }
  co_await sleep_for(s.rt, std::chrono::milliseconds{draw.below(200)});
  s.healthy = true;
}

task<> must_close(service& s) {
  for (int i = 0; i < 10 && s.guard.state() != breaker_state::closed; ++i) {
    co_await sleep_for(s.rt, s.policy.open_for);
    co_await call(s, 0ms, true);
  }
  s.w.require(s.guard.state() == breaker_state::closed, "healthy again, but it does not close");
  s.w.require(s.guard.probes() == 0 && s.probes == 0, "a probe was left behind");
}

void play(sim::world& w, bool planted) {
  random_stream draw = w.random("breaker");
  breaker_policy p{.failures = 2, .open_for = 20ms};
  p.half_open_max = static_cast<unsigned>(1 + draw.below(2));
  p.successes = static_cast<unsigned>(1 + draw.below(2));
  service s{w, w.rt(), p, breaker{w.rt(), p}, {w.rt(), p.failures, p.open_for}, planted};
  const ends_first before_the_service{w};
  breaker_state last = breaker_state::closed;
  s.guard.on_change([&](const breaker_change& c) {
    using enum breaker_state;
    w.require(c.from == last, "a change was not told");
    w.require((c.from == closed && c.to == open) || (c.from == open && c.to == half_open) ||
                  c.from == half_open,
              "a change that there is not");
    last = c.to;
  });
  const auto body = [&](scope& in) { return run(s, in, w.random("run")); };
  w.block_on(with_scope(w.rt(), body));
  if (!planted) w.block_on(must_close(s));
}

}  // namespace

void breaker_probes(sim::world& w) { play(w, false); }
void breaker_probes_planted(sim::world& w) { play(w, true); }

}  // namespace ensue::scenarios
