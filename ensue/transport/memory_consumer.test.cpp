#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_consumer.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <doctest/doctest.h>

namespace ensue {
namespace {

TEST_CASE("memory consumer: outlives its transport, and ends") {
  sim::world w;
  auto broker = std::make_shared<memory_broker>(w.rt());
  auto t = std::make_unique<memory_transport>(broker);
  (void)w.block_on(t->open());
  consume_options o{.group = "g"};
  auto c = w.block_on(t->consume(std::move(o))).value();
  t.reset();
  c->stop();
  CHECK(w.block_on(c->next()).error().code == errc::closed);
  c.reset();
}

TEST_CASE("memory consumer: what an overdue delivery took of the prefetch comes back") {
  sim::world w;
  memory_transport t{w.rt()};
  (void)w.block_on(t.open());
  consume_options o{.group = "g", .prefetch = 1};
  const auto c = w.block_on(t.consume(std::move(o))).value();
  std::vector<cloud_event> one{{.id = "1", .source = "s", .type = "t"}};
  (void)w.block_on(t.publish(std::move(one)));
  CHECK(w.block_on(c->next())->attempt == 1);
  CHECK(w.block_on(c->next())->attempt == 2);  // waits for the lease to end
  CHECK(c->unsettled() == 1);
}

}  // namespace
}  // namespace ensue
