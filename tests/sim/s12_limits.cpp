// S-12: callers that are cancelled anywhere, through a rate limit, a bulkhead and a semaphore.
#include "scenarios.hpp"
#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/reliability/bulkhead.hpp>
#include <ensue/reliability/rate_limit.hpp>

#include <vector>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;

struct shop {
  sim::world& w;
  runtime& rt;
  rate_limit rate;
  bulkhead desk;
  semaphore till;
  bool planted;
  time_point opened;
  std::vector<time_point> turns{};
  permit by_hand{};
  std::size_t at_desk = 0, at_till = 0;
};

struct counted {
  counted(sim::world& w, std::size_t& n, std::size_t most) : here{n} {
    w.require(++here <= most, "more at work than there are places");
  }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { --here; }
  std::size_t& here;
};

void note_turn(shop& s) {
  s.turns.push_back(s.rt.now());
  const auto whole = static_cast<std::uint64_t>((s.rt.now() - s.opened) / 5ms);
  s.w.require(s.rate.taken() <= 2 + whole, "more turns than the rate allows");
  // In any span that ends now: at most burst + count * t / per, and one for the open end. A turn
  // is seen here only when its coroutine runs, which a slow machine puts off.
  const duration late = s.w.setting().stall_max * 4 + 1ms;
  for (std::size_t i = 0; i < s.turns.size(); ++i) {
    const std::size_t n = s.turns.size() - i;
    const auto span = static_cast<std::size_t>((s.turns.back() - s.turns[i] + late) / 1ms);
    s.w.require(n <= 2 + span / 5 + 1, "more turns than the rate allows");
  }
}

// The bug: the place goes back by hand, behind the wait where a cancellation is thrown.
task<> pay_planted(shop& s, duration takes) {
  s.by_hand = co_await s.till.acquire();
  co_await sleep_for(s.rt, takes);
  s.by_hand = permit{};
}

task<> pay(shop& s, duration takes) {
  const permit place = co_await s.till.acquire();
  const counted here{s.w, s.at_till, 1};
  co_await sleep_for(s.rt, takes);
}

task<> customer(shop& s, duration takes) {
  co_await s.rate.take();
  note_turn(s);
  const permit place = co_await s.desk.acquire();
  const counted here{s.w, s.at_desk, 2};
  co_await sleep_for(s.rt, takes);
  if (s.planted) {
    co_await pay_planted(s, takes);
  } else {
    co_await pay(s, takes);
  }
}

task<> run(shop& s, scope& in, random_stream draw) {
  std::vector<child<>> all;
  for (int i = 0; i < 12; ++i) {
    const duration takes{std::chrono::milliseconds{draw.below(8)}};
    all.push_back(in.spawn("customer", customer(s, takes)));
    if (draw.chance(400)) co_await sleep_for(s.rt, std::chrono::milliseconds{draw.below(6)});
    if (draw.chance(400)) all[draw.below(all.size())].cancel();
  }
}

task<> leaves_nothing(shop& s) {
  s.w.require(s.desk.at_work() == 0 && s.desk.waiting() == 0, "a place of the bulkhead leaked");
  s.w.require(s.till.free() == 1, "a place of the semaphore leaked");
  s.w.require(s.rate.waiting() == 0, "somebody still stands in line");
  co_await sleep_for(s.rt, 1s);
  s.w.require(s.rate.try_take() && s.rate.try_take() && !s.rate.try_take(), "the burst is not 2");
  s.w.require(s.rate.taken() == s.turns.size() + 2, "a turn was counted that nobody had");
}

void play(sim::world& w, bool planted) {
  const rate_policy rate{.count = 1, .per = 5ms, .burst = 2};
  const bulkhead_policy desk{.concurrency = 2};
  shop s{w,       w.rt(), rate_limit{w.rt(), rate}, bulkhead{w.rt(), desk}, semaphore{w.rt(), 1},
         planted, w.now()};
  const ends_first before_the_shop{w};
  const auto body = [&](scope& in) { return run(s, in, w.random("customers")); };
  w.block_on(with_scope(w.rt(), body));
  w.block_on(leaves_nothing(s));
}

}  // namespace

void limits_leak(sim::world& w) { play(w, false); }
void limits_leak_planted(sim::world& w) { play(w, true); }

}  // namespace ensue::scenarios
