#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <doctest/doctest.h>

namespace ensue {
namespace {

TEST_CASE("memory transport: closed before it is open, and after it was closed") {
  sim::world w;
  memory_transport t{w.rt()};
  std::vector<transport_state> seen;
  t.on_state([&](transport_state s) { seen.push_back(s); });
  std::vector<cloud_event> one{{.id = "1", .source = "s", .type = "t"}};
  CHECK(w.block_on(t.publish(one)).at(0) == errc::closed);
  consume_options o{.group = "g"};
  CHECK(w.block_on(t.consume(o)).error().code == errc::closed);
  (void)w.block_on(t.open());
  CHECK_FALSE(w.block_on(t.publish(one)).at(0));
  (void)w.block_on(t.close({}));
  (void)w.block_on(t.close({}));
  CHECK(w.block_on(t.publish(one)).at(0) == errc::closed);
  CHECK(seen == std::vector{transport_state::ready, transport_state::down});
  CHECK(t.why() == "closed");
}

TEST_CASE("memory transport: a replay names a wrong position") {
  sim::world w;
  memory_transport t{w.rt()};
  (void)w.block_on(t.open());
  replay_options from{.after = "last week"};
  const auto replayed = w.block_on(t.replay(from, [](const delivery&) -> task<> { co_return; }));
  CHECK(replayed.error().text() == "memory: 'last week' is no position");
}

}  // namespace
}  // namespace ensue
