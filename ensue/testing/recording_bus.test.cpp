#include <ensue/async/errors.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/testing/recording_bus.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;
using ensue::testing::recording_bus;

namespace {

struct order_placed {
  static constexpr std::string_view event_name = "order.placed";
  std::string id;
  int amount = 0;
};
struct order_paid {
  static constexpr std::string_view event_name = "order.paid";
  std::string id;
};

struct tick {
  static constexpr std::string_view event_name = "tick";
  int n = 0;
};

order_paid charge(const order_placed& o) {
  if (o.amount < 0) throw std::runtime_error{"negative amount"};
  return {o.id};
}

}  // namespace

// [recording]
TEST_CASE("a placed order is paid") {
  sim::world w;
  recording_bus b{w.rt()};
  auto s = b.subscribe(charge);
  CHECK_FALSE(b.try_post<order_placed>("o-1", 42));
  CHECK(w.block_on(b.await_published<order_paid>()).id == "o-1");
  CHECK(b.names() == std::vector<std::string>{"order.placed", "order.paid"});
  CHECK(b.ledger_fault() == "");
}
// [/recording]

TEST_CASE("a recording bus remembers what was emitted, posted and published, and does it") {
  sim::world w;
  recording_bus b{w.rt()};
  int seen = 0;
  auto s = b.subscribe([&](const order_placed&) { ++seen; });
  CHECK(b.emit<order_placed>("a", 1).delivered == 1);
  CHECK_FALSE(b.try_post<order_placed>("b", 2));
  CHECK(w.block_on(b.publish<order_placed>("c", 3)).ok());
  w.run();
  CHECK(seen == 3);
  REQUIRE(b.published<order_placed>().size() == 3);
  CHECK(b.published<order_placed>()[2].id == "c");
  CHECK(b.published<order_paid>().empty());
  b.forget();
  CHECK(b.count() == 0);
}

TEST_CASE("an event that has nothing to destroy is recorded as any other") {
  sim::world w;
  recording_bus b{w.rt()};
  CHECK_FALSE(b.try_post<tick>(3));
  REQUIRE(b.published<tick>().size() == 1);
  CHECK(b.published<tick>()[0].n == 3);
}

TEST_CASE("await_published takes what was recorded, waits for what was not, and gives up in time") {
  sim::world w;
  recording_bus b{w.rt()};
  CHECK(b.emit<order_placed>("a", 1).ok());
  const std::function<bool(const order_placed&)> large = [](const order_placed& o) {
    return o.amount > 10;
  };
  CHECK(w.block_on(b.await_published<order_placed>()).id == "a");
  CHECK_THROWS_AS(w.block_on(b.await_published<order_placed>(large, 3s)), system_error);
  CHECK(w.elapsed() == 3s);
  CHECK(b.emit<order_placed>("b", 11).ok());
  CHECK(w.block_on(b.await_published<order_placed>(large, 3s)).id == "b");
}

TEST_CASE("a recording bus remembers failures, and names accounts that have events in flight") {
  sim::world w;
  recording_bus b{w.rt()};
  auto s = b.subscribe(charge, {.name = "charge"});
  CHECK_FALSE(b.try_post<order_placed>("a", -1));
  CHECK(b.ledger_fault().find("charge: accepted 1") == 0);
  w.run();
  REQUIRE(b.failures().size() == 1);
  CHECK(b.failures()[0].what() == "negative amount");
  CHECK(b.ledger_fault() == "");
}
