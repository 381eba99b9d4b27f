#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace ensue;

namespace {

struct ping {
  int n = 0;
};
struct pong {
  int n = 0;
};

}  // namespace

TEST_CASE("emit counts what ran, what was queued and what failed") {
  sim::world w;
  bus b{w.rt()};
  auto plain = b.subscribe<ping>([](const ping&) {});
  auto bad = b.subscribe<ping>([](const ping&) { throw 1; });
  auto slow = b.subscribe<ping>([](const ping&, context& c) -> task<> { co_await yield(c.rt()); });
  const auto r = b.emit<ping>(1);
  CHECK(r.delivered == 2);
  CHECK(r.failed == 1);
  CHECK_FALSE(r.ok());
  CHECK(slow.counts().queued == 1);
  w.run();
  CHECK(slow.counts().handled == 1);
  CHECK(bad.counts().dead == 1);
  CHECK(b.total().balanced());
}

TEST_CASE("the ledger is exact while handlers are on the stack") {
  sim::world w;
  bus b{w.rt()};
  int looked = 0;
  auto s = b.subscribe<ping>([&](const ping& p) {
    ++looked;
    CHECK(b.total().balanced());
    CHECK(b.total().running == static_cast<std::uint64_t>(p.n));
    if (p.n < 3) (void)b.emit<ping>(p.n + 1);
    CHECK(b.total().balanced());
  });
  (void)b.emit<ping>(1);
  CHECK(looked == 3);
  CHECK(b.total().handled == 3);
}

TEST_CASE("a chain of events that goes round is cut, and the error names it") {
  sim::world w;
  bus b{w.rt(), {.depth_max = 5}};
  auto s1 = b.subscribe<ping>([&](const ping& p) { (void)b.emit<pong>(p.n + 1); });
  auto s2 = b.subscribe<pong>([&](const pong& p) { (void)b.emit<ping>(p.n + 1); });
  (void)b.emit<ping>(0);
  CHECK(b.total().balanced());
  REQUIRE_FALSE(b.engine().storms().empty());
  CHECK(b.engine().storms().back().find("ping") != std::string::npos);
  CHECK(b.engine().storms().back().find("pong") != std::string::npos);
}

TEST_CASE("the bus may die while its handler, an emit and queued events are under way") {
  sim::world w;
  auto b = std::make_unique<bus>(w.rt());
  int calls = 0;
  auto s = b->subscribe<ping>([&](const ping& p) {
    ++calls;
    if (p.n == 2) b.reset();
  });
  for (int i = 1; i <= 4; ++i) CHECK_FALSE(b->try_post<ping>(i));
  w.run();
  CHECK(calls == 2);
  CHECK_FALSE(s.active());
}
