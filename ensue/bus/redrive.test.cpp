#include <ensue/async/sleep.hpp>
#include <ensue/bus/policy_events.hpp>
#include <ensue/bus/redrive.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace redrive_test {

struct order_placed {
  static constexpr const char* event_name = "redrive.order.placed";
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(order_placed, (), (number))

// A shop whose payments are down until somebody mends them.
struct shop {
  sim::world w;
  event_registry known;
  dead_letters letters{w.rt()};
  bus b{w.rt(), {.registry = &known, .dead_letters = &letters}};
  bool well = false;
  int paid = 0, mailed = 0;

  shop() { REQUIRE(known.add<order_placed>().has_value()); }
  void pay(const order_placed&) {
    if (!well) throw std::runtime_error("payments are down");
    ++paid;
  }
};

retry_policy quick(unsigned attempts) {
  return {.attempts = attempts, .base = 1s, .cap = 1s, .jitter_min = 1, .jitter_max = 1};
}

}  // namespace redrive_test

using namespace redrive_test;

TEST_CASE("an event that is given up is kept with each attempt's error and time") {
  shop s;
  std::vector<event_dead> told;
  int letters_then = -1;
  const auto all = s.b.subscribe<event_dead>([&](const event_dead& e) { told.push_back(e); });
  const auto held = s.b.subscribe<order_placed>(
      [&](const order_placed& e) { s.pay(e); },
      {.name = "payments",
       .retry = quick(3),
       .on_failure = [&](const dead_letter&) { letters_then = int(s.letters.size()); },
       .component = "till"});
  const uuid id = s.w.rt().new_id();
  REQUIRE_FALSE(s.b.with({.id = id, .key = "k7"}).try_post<order_placed>(7));
  s.w.run();
  REQUIRE(s.letters.size() == 1);
  const auto letter = s.letters.list().front();
  CHECK(letter->event == "redrive.order.placed");
  CHECK(letter->payload == R"({"number":7})");
  CHECK(letter->event_id == id);
  CHECK(letter->key == "k7");
  CHECK(letter->subscription == "payments");
  CHECK(letter->component == "till");
  CHECK(letter->reason == death_reason::exhausted);
  REQUIRE(letter->attempts.size() == 3);
  CHECK(letter->attempts[2].number == 3);
  CHECK(letter->attempts[2].error == "payments are down");
  CHECK(letter->attempts[2].started - letter->attempts[0].started == 2s);
  CHECK(letter->attempts[2].took == 0s);
  CHECK(letters_then == 1);  // on_failure comes after the letter is safe
  REQUIRE(told.size() == 1);
  CHECK(told[0].subscription == "payments");
  CHECK(told[0].reason == "exhausted");
  CHECK(told[0].attempts == 3);
  CHECK(told[0].id == id.text());
  CHECK(held.counts().dead == 1);
  CHECK(held.counts().balanced());
}

TEST_CASE("a redrive reaches the subscription that gave the event up, and no other") {
  shop s;
  const auto held = s.b.subscribe<order_placed>([&](const order_placed& e) { s.pay(e); },
                                                {.name = "payments", .retry = quick(2)});
  const auto mail = s.b.subscribe<order_placed>([&](const order_placed&) { ++s.mailed; });
  REQUIRE_FALSE(s.b.try_post<order_placed>(7));
  s.w.run();
  CHECK(s.mailed == 1);
  s.well = true;
  const auto report = s.w.block_on(redrive(s.b, s.letters));
  REQUIRE(report.has_value());
  CHECK(report->redriven == 1);
  CHECK(s.paid == 1);
  CHECK(s.mailed == 1);
  CHECK(s.letters.size() == 0);
}

TEST_CASE("an event that dies again and again becomes poison and does not circle") {
  shop s;
  const auto held = s.b.subscribe<order_placed>([&](const order_placed& e) { s.pay(e); },
                                                {.name = "payments", .retry = quick(2)});
  REQUIRE_FALSE(s.b.try_post<order_placed>(7));
  s.w.run();
  std::size_t refused = 0;
  for (int i = 0; i < 5; ++i) {
    const auto report = s.w.block_on(redrive(s.b, s.letters));
    REQUIRE(report.has_value());
    refused += report->refused;
  }
  CHECK(refused == 2);  // three were allowed
  REQUIRE(s.letters.size() == 1);
  CHECK(s.letters.list().front()->redrives == 3);
  CHECK(s.letters.list().front()->attempts.size() == 8);
}

TEST_CASE("without a policy an event that failed is kept too, emitted or posted") {
  shop s;
  const auto held =
      s.b.subscribe<order_placed>([&](const order_placed& e) { s.pay(e); }, {.name = "payments"});
  CHECK(s.b.emit<order_placed>(1).failed == 1);
  REQUIRE_FALSE(s.b.try_post<order_placed>(2));
  s.w.run();
  CHECK(s.letters.size() == 2);
  CHECK(s.b.idle());
  CHECK(held.counts().dead == 2);
}

TEST_CASE("a store that is full makes the event stay until there is room") {
  sim::world w;
  event_registry known;
  REQUIRE(known.add<order_placed>().has_value());
  dead_letters letters{w.rt(), {.letters_max = 1}};
  bus b{w.rt(), {.registry = &known, .dead_letters = &letters}};
  const auto held = b.subscribe<order_placed>(
      [](const order_placed&) { throw std::runtime_error("no"); }, {.retry = quick(2)});
  REQUIRE_FALSE(b.try_post<order_placed>(1));
  REQUIRE_FALSE(b.try_post<order_placed>(2));
  w.run_for(1min);
  CHECK(letters.size() == 1);
  CHECK(held.counts().dead == 1);
  CHECK(held.counts().queued == 1);
  CHECK(held.counts().balanced());
  const auto purged = w.block_on(letters.purge({}));
  REQUIRE(purged.has_value());
  w.run();
  CHECK(letters.size() == 1);
  CHECK(held.counts().dead == 2);
}

TEST_CASE("a bus without a store keeps the letters of policies in memory, and forgets the oldest") {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::string> ids;
  const auto held = b.subscribe<order_placed>(
      [](const order_placed&) { throw std::runtime_error("no"); },
      {.retry = quick(2), .on_failure = [&](const dead_letter& l) { ids.push_back(l.id.text()); }});
  REQUIRE_FALSE(b.try_post<order_placed>(1));
  w.run();
  REQUIRE(ids.size() == 1);
  CHECK_FALSE(ids[0].empty());
}

TEST_CASE("a letter says when each attempt began and how long it took") {
  shop s;
  const auto held = s.b.subscribe<order_placed>(
      [&](const order_placed& e) -> task<> {
        co_await sleep_for(s.w.rt(), 30ms);
        s.pay(e);
      },
      {.name = "payments", .retry = quick(2)});
  REQUIRE_FALSE(s.b.try_post<order_placed>(7));
  s.w.run();
  REQUIRE(s.letters.size() == 1);
  const auto letter = s.letters.list().front();
  REQUIRE(letter->attempts.size() == 2);
  CHECK(letter->attempts[0].took == 30ms);
  CHECK(letter->attempts[1].took == 30ms);
  CHECK(letter->attempts[1].started - letter->attempts[0].started == 1030ms);
}

TEST_CASE("a letter whose subscription is not there stays, and the report says so") {
  shop s;
  {
    const auto held = s.b.subscribe<order_placed>([&](const order_placed& e) { s.pay(e); },
                                                  {.name = "payments", .retry = quick(2)});
    REQUIRE_FALSE(s.b.try_post<order_placed>(7));
    s.w.run();
  }
  const auto report = s.w.block_on(redrive(s.b, s.letters));
  REQUIRE(report.has_value());
  CHECK(report->redriven == 0);
  REQUIRE(report->failed.size() == 1);
  CHECK(s.letters.size() == 1);
}
