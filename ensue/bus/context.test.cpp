#include <ensue/bus/bus.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;

namespace {

struct cause {
  int n = 0;
};
struct effect {
  int n = 0;
};

}  // namespace

TEST_CASE("what a handler publishes carries its cause, its root and its depth") {
  sim::world w;
  bus b{w.rt()};
  uuid root, seen_cause, seen_root;
  std::uint32_t depth = 0;
  auto s1 = b.subscribe<cause>([&](const cause&, context& c) -> task<> {
    root = c.event_id();
    co_await yield(c.rt());
    co_await c.post<effect>(1);
  });
  auto s2 = b.subscribe<effect>(
      [&](const effect&, context& c) {
        seen_cause = c.meta().causation;
        seen_root = c.meta().root();
        depth = c.depth();
        CHECK(c.subscription() == "effects");
      },
      {.name = "effects"});
  w.block_on(b.post<cause>(1));
  w.run();
  CHECK_FALSE(root.nil());
  CHECK(seen_cause == root);
  CHECK(seen_root == root);
  CHECK(depth == 1);
}

TEST_CASE("an id is made once and stays") {
  sim::world w;
  bus b{w.rt()};
  uuid first, second;
  auto s1 = b.subscribe<cause>([&](const cause&, context& c) { first = c.event_id(); });
  auto s2 = b.subscribe<cause>([&](const cause&, context& c) { second = c.event_id(); });
  (void)b.emit<cause>(1);
  CHECK_FALSE(first.nil());
  CHECK(first == second);
  const uuid emitted = first;
  w.block_on(b.post<cause>(1));
  w.run();
  CHECK(first == second);
  CHECK(first != emitted);
}
