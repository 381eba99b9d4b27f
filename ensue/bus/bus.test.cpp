#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/bus.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;

namespace {

struct order_placed {
  int id = 0;
  int amount = 0;
};
struct order_paid {
  int id = 0;
};

}  // namespace

TEST_CASE("emit calls every handler in place, by priority, then in order of subscribing") {
  loop_runtime rt;
  bus b{rt};
  std::string calls;
  auto s1 = b.subscribe<order_placed>([&](const order_placed&) { calls += "b"; });
  auto s2 = b.subscribe<order_placed>([&](const order_placed&) { calls += "c"; });
  auto s3 = b.subscribe<order_placed>([&](const order_placed&) { calls += "a"; }, {.priority = 1});
  const auto result = b.emit<order_placed>(1, 2);
  CHECK(calls == "abc");
  CHECK(result.delivered == 3);
  CHECK(s1.counts().handled == 1);
  CHECK(b.total().balanced());
}

namespace {

task<> post_many(bus& b, int n) {
  for (int i = 0; i < n; ++i) co_await b.post<order_placed>(i, i);
  co_await b.wait_idle();
}

}  // namespace

TEST_CASE("post queues in order and waits while a queue is full") {
  loop_runtime rt;
  bus b{rt};
  std::vector<int> seen;
  auto s = b.subscribe<order_placed>(
      [&](const order_placed& o, context& c) -> task<> {
        co_await yield(c.rt());
        seen.push_back(o.id);
      },
      {.capacity = 4});
  block_on(rt, post_many(b, 100));
  REQUIRE(seen.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
  CHECK(s.counts().handled == 100);
  CHECK(s.counts().balanced());
}

TEST_CASE("publish reports each failure with the handler's name, and stops nobody") {
  loop_runtime rt;
  bus b{rt};
  int good = 0;
  auto s1 = b.subscribe<order_placed>(
      [](const order_placed&) { throw std::runtime_error("no stock"); }, {.name = "stock"});
  auto s2 = b.subscribe<order_placed>(
      [](const order_placed&, context& c) -> task<> {
        co_await yield(c.rt());
        throw 42;
      },
      {.name = "mail"});
  auto s3 = b.subscribe<order_placed>([&](const order_placed&) { ++good; });
  const auto report = block_on(rt, b.publish<order_placed>(1, 1));
  REQUIRE(report.failures.size() == 2);
  CHECK(report.failures[0].subscription == "stock");
  CHECK(report.failures[0].what() == "no stock");
  CHECK(report.failures[1].subscription == "mail");
  CHECK(report.failures[1].what() == "an exception of type int");
  CHECK(good == 1);
  CHECK(b.total().balanced());
}

TEST_CASE("what a handler returns is published as caused by the event it handled") {
  loop_runtime rt;
  bus b{rt};
  auto pay = b.subscribe<order_placed>([](const order_placed& o) { return order_paid{o.id}; });
  int paid = 0;
  std::uint32_t depth = 0;
  bool caused = false;
  auto s = b.subscribe<order_paid>([&](const order_paid& p, context& c) {
    paid = p.id;
    depth = c.depth();
    caused = !c.meta().causation.nil();
  });
  block_on(rt, post_many(b, 8));
  CHECK(paid == 7);
  CHECK(depth == 1);
  CHECK(caused);
}

TEST_CASE("a bus may be destroyed by a handler") {
  loop_runtime rt;
  auto b = std::make_unique<bus>(rt);
  int calls = 0;
  auto s1 = b->subscribe<order_placed>([&](const order_placed&) {
    ++calls;
    b.reset();
  });
  auto s2 = b->subscribe<order_placed>([&](const order_placed&) { ++calls; });
  (void)b->emit<order_placed>(1, 1);
  CHECK(calls == 1);
  CHECK_FALSE(s1.active());
}
