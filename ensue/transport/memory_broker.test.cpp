#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_broker.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <doctest/doctest.h>

namespace ensue {
namespace {

using namespace std::chrono_literals;

cloud_event numbered(int n) { return {.id = std::to_string(n), .source = "s", .type = "t"}; }

std::unique_ptr<consumer> join(sim::world& w, memory_transport& t, std::string group,
                               bool from_oldest = false) {
  consume_options o{.group = std::move(group), .from_oldest = from_oldest};
  return w.block_on(t.consume(std::move(o))).value();
}

TEST_CASE("memory broker: a group that does not settle stops the publisher, nothing is dropped") {
  sim::world w;
  auto broker = std::make_shared<memory_broker>(
      w.rt(), memory_broker_options{.unsettled_max = 3, .kept_max = 1});
  memory_transport t{broker};
  (void)w.block_on(t.open());
  const auto c = join(w, t, "slow");
  for (int n = 1; n <= 3; ++n) CHECK(broker->store(numbered(n)).has_value());
  CHECK(broker->store(numbered(4)).error() == errc::full);
  const delivery d = w.block_on(c->next()).value();
  CHECK(w.block_on(c->settle(d.token, {})).has_value());
  CHECK(broker->store(numbered(4)).has_value());
  CHECK(broker->stored() == 3);
}

TEST_CASE("memory broker: settled events are kept up to a bound, and known as copies so long") {
  sim::world w;
  memory_broker broker{w.rt(), {.unsettled_max = 10, .kept_max = 2}};
  for (int n = 1; n <= 4; ++n) CHECK(broker.store(numbered(n)).has_value());
  CHECK(broker.stored() == 2);
  CHECK(broker.store(numbered(4)).has_value());  // a copy
  CHECK(broker.stored() == 2);
  CHECK(broker.store(numbered(1)).has_value());  // forgotten: an event like any other
  CHECK(broker.stored() == 2);
}

TEST_CASE("memory broker: the dead of a group are kept up to a bound, newest last") {
  sim::world w;
  auto broker = std::make_shared<memory_broker>(w.rt(), memory_broker_options{.dead_max = 2});
  memory_transport t{broker};
  (void)w.block_on(t.open());
  const auto c = join(w, t, "g");
  for (int n = 1; n <= 3; ++n) {
    CHECK(broker->store(numbered(n)).has_value());
    const delivery d = w.block_on(c->next()).value();
    settlement give_up{.what = settlement::kind::dead, .reason = "poison"};
    CHECK(w.block_on(c->settle(d.token, std::move(give_up))).has_value());
  }
  const auto dead = broker->dead("g");
  REQUIRE(dead.size() == 2);
  CHECK(dead[1].event.id == "3");
  CHECK(dead[1].reason == "poison");
  CHECK(broker->dead("nobody").empty());
}

TEST_CASE("memory broker: it comes to rest while a delivery is out and nobody takes it") {
  sim::world w;
  memory_transport t{w.rt()};
  (void)w.block_on(t.open());
  const auto c = join(w, t, "g");
  std::vector<cloud_event> one{numbered(1)};
  (void)w.block_on(t.publish(std::move(one)));
  const delivery d = w.block_on(c->next()).value();
  w.run();  // the lease ends, the delivery waits, no timer goes on
  CHECK(w.elapsed() == 30s);
  CHECK(w.block_on(c->settle(d.token, {})).error() == errc::expired);
  CHECK(w.block_on(c->next())->attempt == 2);
}

}  // namespace
}  // namespace ensue
