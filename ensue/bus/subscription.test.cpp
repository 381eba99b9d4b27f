#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/subscription.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

using namespace ensue;

namespace {

struct tick {
  int n = 0;
};

}  // namespace

TEST_CASE("a subscription ends with its owner, and moves with it") {
  sim::world w;
  bus b{w.rt()};
  int calls = 0;
  {
    subscription kept;
    {
      auto s = b.subscribe<tick>([&](const tick&) { ++calls; });
      kept = std::move(s);
      CHECK_FALSE(s.active());  // NOLINT(bugprone-use-after-move): that it lets go is the point
    }
    (void)b.emit<tick>(1);
    CHECK(calls == 1);
    CHECK(kept.active());
  }
  (void)b.emit<tick>(2);
  CHECK(calls == 1);
}

TEST_CASE("one left to the bus lives as long as it") {
  sim::world w;
  int calls = 0;
  bus b{w.rt()};
  b.subscribe<tick>([&](const tick&) { ++calls; }).leave_to_bus();
  (void)b.emit<tick>(1);
  CHECK(calls == 1);
}

TEST_CASE("ending drops what is queued, by its name in the ledger") {
  sim::world w;
  bus b{w.rt()};
  auto s = b.subscribe<tick>([](const tick&) {});
  for (int i = 0; i < 5; ++i) CHECK_FALSE(b.try_post<tick>(i));
  s.end();
  w.run();
  CHECK(b.total().dropped_for(drop_reason::unsubscribed) == 5);
  CHECK(b.total().balanced());
  CHECK(b.idle());
}

TEST_CASE("a subscription may outlive its bus") {
  sim::world w;
  auto b = std::make_unique<bus>(w.rt());
  auto s = b->subscribe<tick>([](const tick&) {});
  b.reset();
  CHECK_FALSE(s.active());
  CHECK(s.counts().accepted == 0);
  s.end();
}

TEST_CASE("many come and go without a trace") {
  sim::world w;
  bus b{w.rt()};
  for (int round = 0; round < 100; ++round) {
    std::vector<subscription> all;
    for (int i = 0; i < 50; ++i) all.push_back(b.subscribe<tick>([](const tick&) {}));
    (void)b.emit<tick>(round);
  }
  CHECK(b.engine().subscriptions().empty());
  CHECK(b.total().handled == 5000);
  CHECK(b.total().balanced());
}

TEST_CASE("the number of handlers at work can be changed while they work") {
  sim::world w;
  bus b{w.rt()};
  unsigned at_work = 0, most = 0, done = 0;
  const auto handler = [&](const tick&) -> task<> {
    most = std::max(most, ++at_work);
    co_await sleep_for(w.rt(), std::chrono::milliseconds{10});
    --at_work;
    ++done;
  };
  auto s = b.subscribe<tick>(handler, {.concurrency = 3});
  for (int i = 0; i < 20; ++i) CHECK_FALSE(b.try_post<tick>(i));
  w.run_for(std::chrono::milliseconds{5});
  CHECK(at_work == 3);
  s.set_concurrency(0);
  w.run_for(std::chrono::seconds{1});
  CHECK(done == 3);  // those at work went on
  CHECK(s.counts().queued == 17);
  CHECK_FALSE(b.try_post<tick>(20));
  w.run_for(std::chrono::seconds{1});
  CHECK(done == 3);
  most = 0;
  s.set_concurrency(2);
  w.run_for(std::chrono::milliseconds{15});
  CHECK(most == 2);
  s.set_concurrency(5);
  w.run();
  CHECK(most == 5);
  CHECK(done == 21);
  CHECK(b.total().balanced());
}
