#include <ensue/async/sleep.hpp>
#include <ensue/testing/shrink.hpp>
#include <ensue/testing/sim_broker.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

struct counter {
  int handled = 0;
};

task<> count(broker_consumer& in, counter& c) {
  for (;;) {
    const testing::delivery d = co_await in.next();
    ++c.handled;
    in.ack(d);
  }
}

task<> send(service& s, sim_broker& b, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    message m;
    m.id = std::to_string(i);
    (void)co_await b.publish(s.host(), std::move(m));
    co_await sleep_for(s.rt(), 10ms);
  }
}

// Counts deliveries, not messages: wrong as soon as one is doubled or comes again.
void counts_deliveries(simulation& w) {
  sim_broker broker{w};
  counter c;
  const std::uint64_t n = w.size("messages", 1, 30);
  w.host("counter", [&](service& s) {
    s.spawn("count", count(s.make<broker_consumer>(broker, s.host(), "g", 8), c));
  });
  w.client("sender", [&](service& s) { return send(s, broker, n); });
  w.chaos({.drop = 0.05,
           .duplicate = 0.05,
           .delay = {200us, 5ms},
           .crash = {"counter"},
           .pause = {"counter"},
           .clock = {"counter"},
           .during = 5s});
  w.always("at most one count a message",
           [&] { return c.handled <= static_cast<int>(broker.stored()); });
  w.run();
}

}  // namespace

TEST_CASE("a failing run is made smaller: few faults and messages are left, and all are needed") {
  const scenario s{"counts", "", counts_deliveries};
  const search_result found = search_seeds(s, {.seeds = 3000});
  REQUIRE(found.failing_seed);
  const shrunk small = shrink(s, {.seed = *found.failing_seed});
  MESSAGE("seed " << *found.failing_seed << ": " << small.faults_before << " faults to "
                  << small.left.text() << " in " << small.runs << " runs");
  CHECK(small.left.faults.size() <= 3);
  CHECK(small.last.broken == "at most one count a message");
  CHECK(small.report().find("each of these is needed") != std::string::npos);
  run_options again{.seed = *found.failing_seed, .edits = small.left};
  CHECK(run_once(s, again).broken == small.last.broken);
  if (const std::uint64_t n = small.left.sizes.at("messages"); n > 1) {
    again.edits->sizes["messages"] = n - 1;
    CHECK(run_once(s, again).broken != small.last.broken);
  }
  for (const std::string& id : small.left.faults) {
    run_edits fewer = small.left;
    fewer.faults.erase(id);
    again.edits = fewer;
    CHECK_MESSAGE(run_once(s, again).broken != small.last.broken, id);
  }
}
