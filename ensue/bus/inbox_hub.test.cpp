// The inbox on one thread, in the simulator: what it does is fixed by the seed.
#include <ensue/bus/inbox.hpp>
#include <ensue/bus/inbox_hub.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <vector>

using namespace ensue;

namespace {

struct tick {
  int n = 0;
};

}  // namespace

TEST_CASE("an inbox wakes a simulated loop, and again after it went back to sleep") {
  sim::world w;
  bus b{w.rt()};
  std::vector<int> seen;
  auto s = b.subscribe<tick>([&](const tick& t) { seen.push_back(t.n); });
  inbox<tick> in{b, {.capacity = 4}};
  for (int round = 0; round < 5; ++round) {
    CHECK(in.publish(2 * round));
    CHECK(in.publish(2 * round + 1));
    w.run();
    CHECK(seen.size() == static_cast<std::size_t>(2 * round + 2));
  }
}

TEST_CASE("a lane whose producer left is let go after its last event") {
  sim::world w;
  bus b{w.rt()};
  int seen = 0;
  auto s = b.subscribe<tick>([&](const tick&) { ++seen; });
  std::optional<inbox<tick>> in{std::in_place, b};
  CHECK(in->publish(1));
  in.reset();
  w.run();
  CHECK(seen == 1);
}

TEST_CASE("a burst is seen whole, also around the end of the ring") {
  sim::world w;
  bus b{w.rt()};
  std::vector<int> seen;
  auto s = b.subscribe<tick>([&](const tick& t) { seen.push_back(t.n); });
  inbox<tick> in{b, {.capacity = 8}};
  int next = 0;
  for (const std::size_t n : {3u, 5u, 7u, 1u, 8u, 6u}) {
    CHECK(in.burst(n, [&](std::size_t) { return tick{next++}; }) == n);
    w.run();
  }
  REQUIRE(seen.size() == 30);
  for (int i = 0; i < 30; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
}
