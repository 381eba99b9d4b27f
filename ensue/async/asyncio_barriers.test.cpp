// One case per row of the behaviour list, group "locks", those of Barrier, named after it.
#include <ensue/async/barrier.hpp>

#include <algorithm>
#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

constexpr std::size_t parties = 5;

struct round {
  std::vector<std::size_t> places;
  int broken = 0;
};

// One pass through `b`; the first `resetters` to come through call `then`.
template <class F>
task<> pass(barrier& b, round& r, F then) {
  try {
    const std::size_t place = co_await b.wait();
    r.places.push_back(place);
    then(r.places.size());
  } catch (const system_error& e) {
    if (e.code() != errc::closed) throw;
    ++r.broken;
  }
}

task<> pass(barrier& b, round& r) {
  return pass(b, r, [](std::size_t) {});
}

task<> all_through(runtime& rt, barrier& b, round& r) {
  scope s{rt};
  for (std::size_t i = 0; i < parties; ++i) s.spawn("party", pass(b, r));
  co_await s.join();
}

std::vector<std::size_t> sorted(std::vector<std::size_t> v) {
  std::sort(v.begin(), v.end());
  return v;
}

const std::vector<std::size_t> each_place{0, 1, 2, 3, 4};

}  // namespace

TEST_CASE("asyncio: Barrier.filling_one_task_twice") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, 1};
    for (int i = 0; i < 2; ++i) {
      const std::size_t place = co_await b.wait();
      CHECK(place == 0);
    }
    CHECK(b.waiting() == 0);
  });
}

TEST_CASE("asyncio: Barrier.filling_tasks_check_return_value") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, parties};
    round first, second;
    co_await all_through(rt, b, first);
    co_await all_through(rt, b, second);
    CHECK(sorted(first.places) == each_place);
    CHECK(sorted(second.places) == each_place);
  });
}

TEST_CASE("asyncio: Barrier.reset_barrier") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, parties};
    b.reset();
    CHECK_FALSE(b.broken());
    round r;
    co_await all_through(rt, b, r);
    CHECK(sorted(r.places) == each_place);
  });
}

TEST_CASE("asyncio: Barrier.reset_barrier_when_tasks_half_draining") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, parties};
    round r;
    scope s{rt};
    const auto reset_at_half = [&](std::size_t through) {
      if (through == 3) b.reset();
    };
    for (std::size_t i = 0; i < parties; ++i) s.spawn("party", pass(b, r, reset_at_half));
    co_await s.join();
    CHECK(r.places.size() == 3);
    CHECK(r.broken == 2);
    CHECK_FALSE(b.broken());
    CHECK(b.waiting() == 0);
  });
}

TEST_CASE("asyncio: Barrier.reset_barrier_when_tasks_half_draining_half_blocking") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, parties};
    round inside, outside;
    scope s{rt};
    const auto meet_then_reset = [&](std::size_t through) {
      s.spawn("again", pass(b, outside));
      if (through == 3) b.reset();
    };
    for (std::size_t i = 0; i < parties; ++i) s.spawn("party", pass(b, inside, meet_then_reset));
    co_await yields(rt, 20);
    CHECK(inside.places.size() == 3);
    CHECK(inside.broken == 2);
    CHECK(outside.broken == 0);
    CHECK(b.waiting() == 3);  // those that came again wait for the next round
    s.spawn("d", pass(b, outside));
    s.spawn("e", pass(b, outside));
    co_await s.join();
    CHECK(sorted(outside.places) == each_place);
  });
}

TEST_CASE("asyncio: Barrier.abort_barrier_when_tasks_half_draining_half_blocking") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, parties};
    round inside, outside;
    scope s{rt};
    const auto abort_at_half = [&](std::size_t through) {
      if (through == 3) b.abort();
    };
    // The last to come starts the draining; those spawned behind it find the barrier draining.
    for (std::size_t i = 0; i < parties; ++i) s.spawn("party", pass(b, inside, abort_at_half));
    for (int i = 0; i < 2; ++i) s.spawn("again", pass(b, outside));
    co_await s.join();
    CHECK(inside.places.size() == 3);
    CHECK(inside.broken == 2);
    CHECK(outside.places.empty());
    CHECK(outside.broken == 2);
    CHECK(b.broken());
  });
}

TEST_CASE("asyncio: Barrier.abort_barrier_when_exception_then_resetting") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, parties};
    round broken, after;
    scope s{rt};
    for (std::size_t i = 0; i < parties - 1; ++i) s.spawn("party", pass(b, broken));
    co_await yields(rt, 3);
    b.abort();
    co_await s.join();
    CHECK(broken.broken == 4);
    CHECK(b.broken());
    b.reset();
    CHECK_FALSE(b.broken());
    co_await all_through(rt, b, after);
    CHECK(sorted(after.places) == each_place);
  });
}
