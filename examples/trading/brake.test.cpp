#include "brake.hpp"

#include "events.hpp"
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace trading;

TEST_CASE("the brake stops its component before the next call, and nobody else") {
  ensue::sim::world world;
  ensue::bus bus{world.rt()};
  int guarded = 0, free = 0;
  ensue::subscribe_options<order_request> options;
  options.component = "execution";
  const auto a = bus.subscribe<order_request>([&](const order_request&) { ++guarded; }, options);
  const auto b = bus.subscribe<order_request>([&](const order_request&) { ++free; });
  brake stop{bus, "execution", "key"};
  const order_request order;

  (void)bus.emit(order);
  stop.trigger("first");
  stop.trigger("second");
  CHECK(stop.reason() == "first");
  CHECK(stop.triggers() == 1);
  for (int n = 0; n < 3; ++n) (void)bus.emit(order);
  CHECK(guarded == 1);
  CHECK(free == 4);
  CHECK(a.counts().dropped_for(ensue::drop_reason::halted) == 3);

  CHECK_FALSE(stop.reset("kez"));
  CHECK_FALSE(stop.reset(""));
  CHECK_FALSE(stop.reset("key "));
  CHECK(stop.refused_resets() == 3);
  CHECK(stop.active());
  CHECK(stop.reset("key"));
  CHECK_FALSE(stop.active());
  (void)bus.emit(order);
  CHECK(guarded == 2);
  CHECK(bus.total().balanced());
}
