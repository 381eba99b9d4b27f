#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/wait.hpp>

#include <doctest/doctest.h>

using namespace ensue;

namespace {

task<> yield_often(runtime& rt, int times, int& count) {
  for (int i = 0; i < times; ++i) {
    co_await yield(rt);
    ++count;
  }
}

}  // namespace

TEST_CASE("a coroutine that yields is resumed from the loop each time") {
  loop_runtime rt;
  int count = 0;
  block_on(rt, yield_often(rt, 1000, count));
  CHECK(count == 1000);
}
