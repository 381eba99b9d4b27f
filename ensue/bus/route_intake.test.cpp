#include <ensue/bus/route_intake.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("intake: an event nobody here takes any more is acknowledged and counted") {
  sim::world w;
  event_registry known;
  bus b{w.rt(), {.registry = &known}};
  memory_transport t{w.rt()};
  (void)w.block_on(t.open());
  route r{b, t, "note.>"};
  auto held = b.subscribe("note.*", [](const event_ref&) {}, {.name = "reader"});
  REQUIRE(w.block_on(r.start()).has_value());
  held.end();
  std::vector<cloud_event> one{{.id = "1", .source = "s", .type = "note.left", .data = "{}"}};
  (void)w.block_on(t.publish(std::move(one)));
  w.run_for(1s);
  CHECK(r.accounts().at(0).unwanted == 1);
  CHECK(r.accounts().at(0).acked == 1);
  CHECK(w.block_on(r.stop(1s)).has_value());
}

TEST_CASE("intake: data that is no JSON is unreadable; it may be passed over") {
  sim::world w;
  event_registry known;
  bus b{w.rt(), {.registry = &known}};
  auto broker = std::make_shared<memory_broker>(w.rt());
  memory_transport t{broker};
  (void)w.block_on(t.open());
  route r{b, t, "note.>", {.on_unreadable = route_options::unreadable::ignore}};
  const auto held = b.subscribe("note.*", [](const event_ref&) {}, {.name = "reader"});
  REQUIRE(w.block_on(r.start()).has_value());
  std::vector<cloud_event> one{
      {.id = "1", .source = "s", .type = "note.left", .content_type = "text/plain", .data = "hi"}};
  (void)w.block_on(t.publish(std::move(one)));
  w.run_for(1s);
  CHECK(r.accounts().at(0).unreadable == 1);
  CHECK(r.accounts().at(0).acked == 1);
  CHECK(broker->dead("reader").empty());
  CHECK(w.block_on(r.stop(1s)).has_value());
}
