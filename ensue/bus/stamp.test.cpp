#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct placed {
  int order;
};
struct paid {
  int order;
};

}  // namespace

TEST_CASE("a stamped event carries its id, deadline and text to every handler") {
  sim::world w;
  bus b{w.rt()};
  const uuid id = w.rt().new_id();
  envelope seen;
  const auto held = b.subscribe<placed>([&](const placed&, context& c) { seen = c.meta(); });
  CHECK(b.with({.id = id, .expires_in = 5s, .source = "/shop", .subject = "orders/7", .key = "7"})
            .emit<placed>(7)
            .ok());
  CHECK(seen.id == id);
  CHECK(seen.deadline == w.now() + 5s);
  CHECK(seen.details().source == "/shop");
  CHECK(seen.details().subject == "orders/7");
  CHECK(seen.details().key == "7");
}

TEST_CASE("work whose deadline has passed is not started and counted as expired") {
  sim::world w;
  bus b{w.rt()};
  int ran = 0;
  const auto held = b.subscribe<placed>([&](const placed&) { ++ran; });
  REQUIRE_FALSE(b.with({.deadline = w.now() - 1ns}).try_post<placed>(1));
  REQUIRE_FALSE(b.with({.deadline = w.now() + 1s}).try_post<placed>(2));
  w.run();
  CHECK(ran == 1);
  CHECK(held.counts().expired == 1);
  CHECK(held.counts().balanced());
}

TEST_CASE("a deadline travels to what is caused, which can only make it earlier") {
  sim::world w;
  bus b{w.rt()};
  std::vector<time_point> seen;
  const auto first = b.subscribe<placed>([&](const placed& p, context& c) {
    CHECK(c.with({.expires_in = 1h}).emit<paid>(p.order).ok());
    CHECK(c.with({.expires_in = 1s}).emit<paid>(p.order).ok());
    CHECK(c.emit(paid{p.order}).ok());
  });
  const auto second =
      b.subscribe<paid>([&](const paid&, context& c) { seen.push_back(c.deadline()); });
  const time_point now = w.now();
  CHECK(b.with({.expires_in = 10s}).emit<placed>(1).ok());
  CHECK(seen == std::vector<time_point>{now + 10s, now + 1s, now + 10s});
}
