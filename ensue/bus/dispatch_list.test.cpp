#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace ensue;

namespace {

struct domain_event {
  int stamp = 1;
};
struct audited {
  int who = 2;
};
struct order_event : domain_event, audited {
  int id = 3;
};
BOOST_DESCRIBE_STRUCT(domain_event, (), (stamp))
BOOST_DESCRIBE_STRUCT(audited, (), (who))
BOOST_DESCRIBE_STRUCT(order_event, (domain_event, audited), (id))

}  // namespace

TEST_CASE("a handler of a base gets every derived event once, at the right address") {
  sim::world w;
  bus b{w.rt()};
  std::string calls;
  auto low = b.subscribe<order_event>([&](const order_event& e) { calls += std::to_string(e.id); });
  auto second = b.subscribe<audited>([&](const audited& e) { calls += std::to_string(e.who); },
                                     {.priority = 1});
  auto root = b.subscribe<domain_event>(
      [&](const domain_event& e) { calls += std::to_string(e.stamp); }, {.priority = 2});
  (void)b.emit<order_event>();
  CHECK(calls == "123");
  CHECK_FALSE(b.try_post<order_event>());
  w.run();
  CHECK(calls.size() == 6);
  (void)b.emit<audited>();
  CHECK(calls.substr(6) == "2");
  CHECK(b.total().balanced());
}

TEST_CASE("one subscribed while the event is on its way gets the next one, nested ones included") {
  sim::world w;
  bus b{w.rt()};
  std::vector<subscription> late;
  int late_calls = 0;
  bool nested = false;
  auto s = b.subscribe<order_event>([&](const order_event&) {
    if (nested) return;
    nested = true;
    late.push_back(b.subscribe<order_event>([&](const order_event&) { ++late_calls; }));
    (void)b.emit<order_event>();
  });
  (void)b.emit<order_event>();
  CHECK(late_calls == 1);
  (void)b.emit<order_event>();
  CHECK(late_calls == 2);
  CHECK(b.total().balanced());
}

TEST_CASE("one that ends while the event is on its way is not called any more") {
  sim::world w;
  bus b{w.rt()};
  int calls = 0;
  subscription second;
  auto first = b.subscribe<order_event>([&](const order_event&) { second.end(); });
  second = b.subscribe<order_event>([&](const order_event&) { ++calls; });
  (void)b.emit<order_event>();
  (void)b.emit<order_event>();
  CHECK(calls == 0);
  CHECK(b.total().balanced());
  CHECK(b.total().dropped_for(drop_reason::unsubscribed) == 1);
}

TEST_CASE("a handler may end its own subscription and finish") {
  sim::world w;
  bus b{w.rt()};
  int calls = 0;
  subscription self;
  self = b.subscribe<order_event>([&, kept = std::make_shared<int>(7)](const order_event&) {
    self.end();
    calls += *kept;  // the closure still lives
  });
  (void)b.emit<order_event>();
  (void)b.emit<order_event>();
  CHECK(calls == 7);
  CHECK(b.total().balanced());
}

TEST_CASE("the ledger is exact at every step of an emit, and while a failure is told") {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::string> steps;
  const auto note = [&] {
    CHECK(b.total().balanced());
    steps.push_back(b.total().text());
  };
  subscribe_options<order_event> fails{.name = "fails", .priority = 2};
  fails.on_error = [&](const failure&) { note(); };
  auto first = b.subscribe<order_event>([&](const order_event&) { note(); }, {.priority = 3});
  auto second = b.subscribe<order_event>(
      [&](const order_event& e) {
        note();
        if (e.id == 3) (void)b.emit(order_event{{}, {}, 4});
        throw 1;
      },
      std::move(fails));
  auto third = b.subscribe<order_event>([&](const order_event&) { note(); }, {.priority = 1});
  const emit_result done = b.emit(order_event{});
  CHECK(done.delivered == 2);
  CHECK(done.failed == 1);
  note();
  const std::vector<std::string> expected{"accepted 1 = handled 0 + running 1",
                                          "accepted 2 = handled 1 + running 1",
                                          "accepted 3 = handled 1 + running 2",
                                          "accepted 4 = handled 2 + running 2",
                                          "accepted 4 = handled 2 + dead 1 + running 1",
                                          "accepted 5 = handled 2 + dead 1 + running 2",
                                          "accepted 5 = handled 3 + dead 2",
                                          "accepted 6 = handled 3 + dead 2 + running 1",
                                          "accepted 6 = handled 4 + dead 2"};
  CHECK(steps == expected);
}
