// The inbox on one thread, in the simulator: what it does is fixed by the seed.
#include <ensue/bus/inbox.hpp>
#include <ensue/bus/inbox_hub.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
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

TEST_CASE(
    "a handler that destroys the bus keeps its own event; the others in the lane are destroyed") {
  sim::world w;
  auto b = std::make_unique<bus>(w.rt());
  const auto alive = std::make_shared<int>();
  struct held {
    std::shared_ptr<int> token;
  };
  std::string seen;
  inbox<held> in{*b, {.capacity = 8}};
  auto s = b->subscribe<held>([&](const held& h) {
    b.reset();
    CHECK(h.token == alive);
    seen += 'x';
  });
  for (int i = 0; i < 3; ++i) CHECK(in.publish(alive));
  w.run();
  CHECK(seen == "x");
  CHECK(alive.use_count() == 1);
  CHECK_FALSE(in.publish(alive));
}

TEST_CASE("a lane that is full again and again loses nothing and ends with its bus") {
  sim::world w;
  bus b{w.rt()};
  int seen = 0;
  auto s = b.subscribe<tick>([&](const tick& t) { CHECK(t.n == seen++); });
  inbox<tick> in{b, {.capacity = 32}};
  for (int round = 0; round < 40; ++round) {
    int sent = 0;
    while (in.try_publish(32 * round + sent)) ++sent;
    CHECK(sent == 32);
    w.run();
  }
  CHECK(seen == 40 * 32);
}
