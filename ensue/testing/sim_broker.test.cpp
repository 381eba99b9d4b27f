#include <ensue/async/sleep.hpp>
#include <ensue/testing/sim_broker.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

struct fixture {
  explicit fixture(broker_options o = {}, std::uint64_t seed = 1)
      : w{{.seed = seed, .edits = run_edits{}}}, b{w, std::move(o)} {}
  simulation w;
  sim_broker b;
  sim::host& shop{w.host("shop")};
  std::string log;

  result<> publish(std::string id, std::string key = {}) {
    return w.world().block_on(b.publish(shop, message{std::move(id), std::move(key), "t", "d"}));
  }
  broker_consumer& consume(const std::string& host, std::string group, std::size_t prefetch = 4) {
    sim::host& h = w.host(host);
    auto c = std::make_shared<broker_consumer>(b, h, std::move(group), prefetch);
    h.keep(c);
    return *c;
  }
  void run(duration d) { w.world().run_for(d); }
};

enum class end { ack, none, later, dead };

task<> take(broker_consumer& in, std::string& log, end how) {
  for (;;) {
    const testing::delivery d = co_await in.next();
    log += d.what.id + std::to_string(d.attempt) + " ";
    if (how == end::ack) in.ack(d);
    if (how == end::later) in.retry_later(d, 5s);
    if (how == end::dead) in.dead(d, "no use");
  }
}

}  // namespace

TEST_CASE("each group gets each message once while nothing fails") {
  fixture f;
  f.w.host("a").spawn_background("a", take(f.consume("a", "one"), f.log, end::ack));
  f.w.host("b").spawn_background("b", take(f.consume("b", "one"), f.log, end::ack));
  std::string other;
  f.w.host("c").spawn_background("c", take(f.consume("c", "two"), other, end::ack));
  for (const char* id : {"x", "y", "z"}) CHECK(f.publish(id));
  f.run(10s);
  CHECK(f.log.size() == 9);
  CHECK(other == "x1 y1 z1 ");
  CHECK(f.b.stored() == 3);
  CHECK(f.b.unsettled("one") == 0);
}

TEST_CASE("what is not acknowledged comes again, is dead after deliver_max, at last is buried") {
  fixture f{{.ack_wait = 2s, .deliver_max = 3}};
  f.w.host("a").spawn_background("a", take(f.consume("a", "g"), f.log, end::none));
  CHECK(f.publish("x"));
  f.run(5s);
  CHECK(f.log == "x1 x2 x3 ");
  f.run(5s);
  CHECK(f.log == "x1 x2 x3 ");
  REQUIRE(f.b.dead_letters("g").size() == 1);
  CHECK(f.b.dead_letters("g")[0].attempts == 3);
  CHECK(f.b.unsettled("g") == 0);
}

TEST_CASE("a key's next message waits for the one before; other keys do not") {
  for (const bool keyed : {true, false}) {
    fixture f{{.promises = {.keyed = keyed}, .ack_wait = 1h}};
    f.w.host("a").spawn_background("a", take(f.consume("a", "g"), f.log, end::none));
    for (const char* id : {"x", "y"}) CHECK(f.publish(id, "k"));
    CHECK(f.publish("z", "other"));
    f.run(10s);
    CHECK(f.log == (keyed ? "x1 z1 " : "x1 y1 z1 "));
  }
}

TEST_CASE("a crash of the broker loses by its level, a power cut what was not synced") {
  for (const survives level : {survives::none, survives::process, survives::power}) {
    fixture f{{.promises = {.level = level}, .sync_every = 10s}};
    CHECK(f.publish("x"));
    f.b.host().crash();
    CHECK(f.publish("y").error() == errc::unavailable);
    f.b.host().restart();
    CHECK(f.b.stored() == (level == survives::none ? 0 : 1));
    f.run(25s);
    CHECK(f.publish("z"));
    f.run(25s);
    const std::size_t before = f.b.stored();
    f.b.host().crash();
    f.b.host().restart();
    CHECK(f.b.stored() == before);
  }
}
