#include <ensue/async/deadline.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

task<duration> slept(runtime& rt, duration d) {
  const time_point before = rt.now();
  co_await sleep_for(rt, d);
  co_return rt.now() - before;
}

}  // namespace

TEST_CASE("sleep lasts as long as it says") {
  sim::world w;
  CHECK(w.block_on(slept(w.rt(), 5ms)) == 5ms);
  CHECK(w.block_on(slept(w.rt(), -5ms)) == 0ms);
}
TEST_CASE("sleep to") {
  sim::world w;
  CHECK_THROWS_AS(w.block_on(with_timeout(w.rt(), 2ms, slept(w.rt(), 5ms))), system_error);
  CHECK(w.elapsed() == 2ms);
  CHECK(w.block_on(with_timeout(w.rt(), 12ms, slept(w.rt(), 5ms))) == 5ms);
}
