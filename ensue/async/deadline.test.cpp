#include <ensue/async/deadline.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<int> steps(runtime& rt, const deadline& budget, duration each) {
  int done = 0;
  while (!budget.passed(rt)) {
    co_await with_deadline(rt, budget.within(rt, 1s), sleep_task(rt, each));
    ++done;
  }
  co_return done;
}

task<> cancel_own_owner(const child<>& owner) {
  owner.cancel();
  co_return;
}

}  // namespace

TEST_CASE("a budget lasts over many awaits, and a part never outlives the whole") {
  run([](runtime& rt) -> task<> {
    const deadline budget{rt, 100ms};
    CHECK(budget.remaining(rt) == 100ms);
    CHECK(budget.within(rt, 10ms).at() == rt.now() + 10ms);
    CHECK(budget.within(rt, 1h).at() == budget.at());
    const std::string end = co_await outcome(steps(rt, budget, 30ms));
    CHECK(end == "timed out");
    CHECK(rt.now() == budget.at());
    CHECK(budget.remaining(rt) == 0ms);
    CHECK(budget.within(rt, 1h).at() == budget.at());
  });
}

TEST_CASE("no deadline is never passed") {
  run([](runtime& rt) -> task<> {
    const deadline none;
    CHECK(none.remaining(rt) == duration::max());
    CHECK_FALSE(none.passed(rt));
    co_await with_deadline(rt, none, sleep_task(rt, 1h));
  });
}

TEST_CASE("work that ends in time leaves no timer behind") {
  sim::world w{fifo()};
  w.block_on(with_timeout(w.rt(), 1h, sleep_task(w.rt(), 1ms)));
  w.run();
  CHECK(w.elapsed() == 1ms);
}

TEST_CASE("a deadline can be moved both ways while work runs") {
  run([](runtime& rt) -> task<> {
    const time_point start = rt.now();
    timeout later{rt, 10ms}, sooner{rt, 1h};
    const auto prolong = [&]() -> task<> {
      co_await sleep_for(rt, 5ms);
      CHECK(later.move_to(start + 50ms));
      co_await sleep_for(rt, 1h);
    };
    const std::string first = co_await outcome(within(later, prolong()));
    CHECK(first == "timed out");
    CHECK(rt.now() == start + 50ms);
    const auto shorten = [&]() -> task<> {
      co_await yield(rt);
      CHECK(sooner.move_to(start + 60ms));
      co_await sleep_for(rt, 1h);
    };
    const std::string second = co_await outcome(within(sooner, shorten()));
    CHECK(second == "timed out");
    CHECK(rt.now() == start + 60ms);
  });
}

TEST_CASE("a cancellation that the work itself brings upon its owner is not lost") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    child<> owner;
    owner = s.spawn("owner", [&]() -> task<> {
      co_await with_timeout(rt, 1h, cancel_own_owner(owner));
      co_await yield(rt);
      FAIL("went on after its cancellation");
    });
    co_await s.join();
    CHECK(owner.cancelled());
  });
}

TEST_CASE("time-outs nest: the earlier one reports, the outer stays in force") {
  run([](runtime& rt) -> task<> {
    timeout outer{rt, 30ms}, inner{rt, 10ms};
    const auto body = [&]() -> task<> {
      const std::string first = co_await outcome(within(inner, sleep_task(rt, 1h)));
      CHECK(first == "timed out");
      co_await sleep_for(rt, 1h);
    };
    const std::string second = co_await outcome(within(outer, body()));
    CHECK(second == "timed out");
    CHECK(inner.expired());
    CHECK(outer.expired());
    timeout outside{rt, 10ms}, inside{rt, 30ms};
    const std::string third = co_await outcome(within(outside, within(inside, sleep_task(rt, 1h))));
    CHECK(third == "timed out");
    CHECK_FALSE(inside.expired());
  });
}
