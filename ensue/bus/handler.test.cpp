#include <ensue/bus/bus.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;

namespace {
struct tick {
  int n;
};
}  // namespace

TEST_CASE("a plain function with a result runs as a worker's task under a policy") {
  sim::world w;
  bus b{w.rt()};
  int sum = 0;
  struct doubled {
    int n;
  };
  const auto out = b.subscribe<doubled>([&](const doubled& d) { sum += d.n; });
  const auto in =
      b.subscribe<tick>([](const tick& t) { return doubled{2 * t.n}; }, {.retry = {.attempts = 2}});
  CHECK(b.emit<tick>(21).ok());
  CHECK(sum == 0);
  w.run();
  CHECK(sum == 42);
}
