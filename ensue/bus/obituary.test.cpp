#include <ensue/bus/bus.hpp>
#include <ensue/bus/obituary.hpp>
#include <ensue/bus/policy_events.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace ensue;

namespace {
struct unregistered {
  int n;
};
}  // namespace

TEST_CASE("a letter says when its event cannot be posted again, and why") {
  sim::world w;
  dead_letters letters{w.rt()};
  bus b{w.rt(), {.dead_letters = &letters}};
  const auto held = b.subscribe<unregistered>(
      [](const unregistered&) { throw std::runtime_error("boom"); }, {.name = "h"});
  REQUIRE_FALSE(b.try_post<unregistered>(1));
  w.run();
  REQUIRE(letters.size() == 1);
  const auto letter = letters.list().front();
  CHECK(letter->payload.empty());
  CHECK(letter->detail ==
        "boom. Its type is not in the bus's registry: it cannot be posted again.");
  CHECK(letter->subscription == "h");
}

TEST_CASE("on_failure is told although nothing is kept, of what is emitted too") {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::string> told;
  const auto held = b.subscribe<unregistered>(
      [](const unregistered&) { throw std::runtime_error("boom"); },
      {.dead_letter = false,
       .on_failure = [&](const dead_letter& l) { told.push_back(l.attempts.at(0).error); }});
  REQUIRE_FALSE(b.try_post<unregistered>(1));
  (void)b.emit<unregistered>(2);
  w.run();
  CHECK(told == std::vector<std::string>{"boom", "boom"});
}

TEST_CASE(
    "what on_failure throws is contained, and a failing listener of the dead causes no circle") {
  sim::world w;
  bus b{w.rt()};
  int told = 0;
  const auto listening = b.subscribe<event_dead>([&](const event_dead&) {
    ++told;
    throw std::runtime_error("cannot hear");
  });
  const auto held = b.subscribe<unregistered>(
      [](const unregistered&) { throw std::runtime_error("boom"); },
      {.retry = {.attempts = 2},
       .on_failure = [](const dead_letter&) { throw std::runtime_error("cannot tell"); }});
  REQUIRE_FALSE(b.try_post<unregistered>(1));
  w.run();
  CHECK(told == 1);
  CHECK(b.total().balanced());
}
