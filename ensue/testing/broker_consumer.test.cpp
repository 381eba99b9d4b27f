#include <ensue/async/sleep.hpp>
#include <ensue/testing/sim_broker.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

struct fixture {
  explicit fixture(broker_options o = {})
      : w{{.seed = 1, .edits = run_edits{}}}, b{w, std::move(o)} {}
  simulation w;
  sim_broker b;
  sim::host& on{w.host("on")};

  std::shared_ptr<broker_consumer> join(std::size_t prefetch = 4) {
    auto c = std::make_shared<broker_consumer>(b, on, "g", prefetch);
    on.keep(c);
    return c;
  }
  void publish(std::string id) {
    CHECK(w.world().block_on(b.publish(w.host("shop"), message{std::move(id)})));
  }
  testing::delivery next(broker_consumer& c) { return w.world().block_on(c.next()); }
};

}  // namespace

TEST_CASE("a consumer settles: acknowledged, again later, dead; and prolongs its lease") {
  fixture f{{.ack_wait = 2s}};
  const auto c = f.join();
  f.publish("x");
  const testing::delivery first = f.next(*c);
  CHECK(first.attempt == 1);
  const duration began = f.w.world().elapsed();
  c->retry_later(first, 5s);
  const testing::delivery second = f.next(*c);
  CHECK(second.attempt == 2);
  CHECK(f.w.world().elapsed() - began >= 5s);
  f.w.world().run_for(1500ms);
  c->extend(second);
  f.w.world().run_for(1500ms);
  CHECK(f.b.unsettled("g") == 1);
  c->dead(second, "no use");
  f.w.world().run_for(100ms);
  CHECK(f.b.unsettled("g") == 0);
  CHECK(f.b.dead_letters("g").at(0).reason == "no use");
}

TEST_CASE("a late acknowledgement is fenced, unless the broker does not promise it") {
  for (const bool fenced : {true, false}) {
    fixture f{{.promises = {.fenced = fenced}, .ack_wait = 1s}};
    const auto c = f.join();
    f.publish("x");
    const testing::delivery first = f.next(*c);
    const testing::delivery second = f.next(*c);
    CHECK(second.attempt == 2);
    c->ack(first);
    f.w.world().run_for(100ms);
    CHECK(f.b.unsettled("g") == (fenced ? 1 : 0));
  }
}

TEST_CASE("no more than prefetch are out at once, and a crashed consumer's come to another") {
  fixture f{{.ack_wait = 2s}};
  const auto c = f.join(2);
  for (const char* id : {"x", "y", "z"}) f.publish(id);
  (void)f.next(*c);
  (void)f.next(*c);
  f.w.world().run_for(1s);
  f.on.crash();
  f.on.restart();
  const auto again = f.join(8);
  std::string got;
  for (int i = 0; i < 3; ++i) {
    const testing::delivery d = f.next(*again);
    got += d.what.id;
    again->ack(d);
  }
  CHECK(got.size() == 3);
  f.w.world().run_for(1s);
  CHECK(f.b.unsettled("g") == 0);
}
