#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/policy_events.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int number = 0;
  std::string tenant = "t";
};

// When each call began, in ms of the world's time, and for which order.
struct call {
  int number;
  std::int64_t ms;
  bool operator==(const call&) const = default;
};

struct desk {
  sim::world w;
  bus b{w.rt()};
  std::vector<call> calls;
  int failures = 0;  // how many calls fail before the first success

  std::int64_t now_ms() const { return w.elapsed() / 1ms; }
  void note(const order& o) { calls.push_back({o.number, now_ms()}); }
  task<> work(const order& o) {
    note(o);
    co_await sleep_for(w.rt(), 10ms);
    if (failures-- > 0) throw std::runtime_error("no luck");
  }
  void post(int number, uuid id = {}) { REQUIRE_FALSE(b.with({.id = id}).try_post<order>(number)); }
};

retry_policy exact(unsigned attempts, duration wait) {
  return {.attempts = attempts, .base = wait, .cap = wait, .jitter_min = 1, .jitter_max = 1};
}

}  // namespace

TEST_CASE("policy: a failing handler is called again after its waits, and its event handled once") {
  desk d;
  d.failures = 2;
  const auto held =
      d.b.subscribe<order>([&](const order& o) { return d.work(o); }, {.retry = exact(4, 200ms)});
  d.post(1);
  d.w.run();
  CHECK(d.calls == std::vector<call>{{1, 0}, {1, 210}, {1, 420}});
  CHECK(held.counts().handled == 1);
  CHECK(held.counts().dead == 0);
  CHECK(held.counts().balanced());
}

TEST_CASE("policy: a plain function is retried as a coroutine is, also when it is emitted") {
  desk d;
  int calls = 0;
  unsigned attempt = 0;
  const auto held = d.b.subscribe<order>(
      [&](const order&, context& c) {
        attempt = c.attempt();
        if (++calls < 3) throw std::runtime_error("no luck");
      },
      {.retry = exact(4, 1ms)});
  CHECK(d.b.emit<order>(1).ok());
  CHECK(calls == 0);
  d.w.run();
  CHECK(calls == 3);
  CHECK(attempt == 3);
  CHECK(held.counts().handled == 1);
}

TEST_CASE("policy: publish waits for the last attempt and reports the failure") {
  desk d;
  d.failures = 9;
  const auto held = d.b.subscribe<order>([&](const order& o) { return d.work(o); },
                                         {.name = "desk", .retry = exact(2, 50ms)});
  const publish_result r = d.w.block_on(d.b.publish<order>(1));
  REQUIRE(r.failures.size() == 1);
  CHECK(r.failures[0].subscription == "desk");
  CHECK(r.failures[0].what() == "no luck");
  CHECK(d.calls.size() == 2);
  CHECK(held.counts().dead == 1);
}

TEST_CASE("policy: a permanent failure is not tried again") {
  desk d;
  int calls = 0;
  const auto held = d.b.subscribe<order>(
      [&](const order&) {
        ++calls;
        throw std::invalid_argument("bad order");
      },
      {.retry = exact(4, 1ms)});
  d.post(1);
  d.w.run();
  CHECK(calls == 1);
  CHECK(held.counts().dead == 1);
}

TEST_CASE("policy: alone with its queue, a short wait keeps the order; a long one leaves it") {
  for (const duration wait : {500ms, 5000ms}) {
    desk d;
    d.failures = 1;
    const auto held =
        d.b.subscribe<order>([&](const order& o) { return d.work(o); }, {.retry = exact(2, wait)});
    d.post(1);
    d.post(2);
    d.w.run();
    REQUIRE(d.calls.size() == 3);
    CHECK(d.calls[1].number == (wait == 500ms ? 1 : 2));
    CHECK(held.counts().handled == 2);
  }
}

TEST_CASE("policy: a failing event blocks its own key only") {
  desk d;
  std::vector<int> done;
  const auto held = d.b.subscribe<order>(
      [&](const order& o, context& c) -> task<> {
        co_await sleep_for(d.w.rt(), 1ms);
        if (o.number == 1 && c.attempt() < 3) throw std::runtime_error("no luck");
        done.push_back(o.number);
      },
      {.concurrency = 4, .key = [](const order& o) { return o.tenant; }, .retry = exact(4, 10s)});
  REQUIRE_FALSE(d.b.try_post<order>(1, "a"));
  REQUIRE_FALSE(d.b.try_post<order>(2, "a"));
  REQUIRE_FALSE(d.b.try_post<order>(3, "b"));
  d.w.run();
  CHECK(done == std::vector<int>{3, 1, 2});
  CHECK(held.counts().balanced());
}

TEST_CASE(
    "policy: what waits for its next attempt counts as queued and is dropped with its owner") {
  desk d;
  d.failures = 9;
  auto held =
      d.b.subscribe<order>([&](const order& o) { return d.work(o); }, {.retry = exact(9, 1h)});
  d.post(1);
  d.post(2);
  d.w.run_for(1s);
  CHECK(held.counts().queued == 2);
  CHECK(held.counts().balanced());
  CHECK_FALSE(d.b.idle());
  held.end();
  CHECK(d.b.idle());
  CHECK(d.b.total().balanced());
  CHECK(d.b.total().dropped_total() == 2);
  d.w.run();
  CHECK(d.calls.size() == 2);
}

TEST_CASE("policy: closing the bus in the middle of an attempt retries nothing") {
  desk d;
  d.failures = 9;
  const auto held =
      d.b.subscribe<order>([&](const order& o) { return d.work(o); }, {.retry = exact(9, 1ms)});
  d.post(1);
  d.w.run_for(5ms);
  d.b.close();
  d.w.run();
  CHECK(d.calls.size() == 1);
  CHECK(d.b.total().balanced());
  CHECK(d.b.total().in_flight() == 0);
}

TEST_CASE("policy: one that contradicts itself is refused when it is subscribed") {
  desk d;
  try {
    const auto held = d.b.subscribe<order>(
        [&](const order& o) { return d.work(o); },
        {.name = "desk", .retry = {.attempts = 4, .deadline = 3s}, .timeout = 1s});
    FAIL("accepted");
  } catch (const system_error& e) {
    CHECK(e.code() == errc::invalid);
    CHECK(std::string{e.what()}.find("subscription desk: retry.attempts 4 x timeout 1 s") !=
          std::string::npos);
  }
}

TEST_CASE("policy: when an event is cut off at work, its waiting copy has its turn") {
  desk d;
  std::vector<unsigned> handled;
  const uuid id = d.w.rt().new_id();
  const auto held = d.b.subscribe<order>(
      [&](const order& o) -> task<> {
        co_await sleep_for(d.w.rt(), 1s);
        handled.push_back(static_cast<unsigned>(o.number));
      },
      {.name = "desk", .dedupe = {.window = 1h}, .concurrency = 2});
  d.post(1, id);
  d.post(2, id);
  d.w.run_for(500ms);
  // Cancels what runs and drops what is queued, the copy with it; a third copy is new then.
  d.b.engine().cut(drop_reason::halted, true, [](const subscription_state&) { return true; });
  d.w.run_for(10ms);
  d.post(3, id);
  d.w.run();
  CHECK(handled == std::vector<unsigned>{3});
  CHECK(held.counts().balanced());
  CHECK(held.counts().in_flight() == 0);
}

TEST_CASE("policy: a retried event that is held back lets its waiting copy go on") {
  desk d;
  std::vector<int> handled;
  const uuid id = d.w.rt().new_id();
  const auto held = d.b.subscribe<order>(
      [&](const order& o) {
        if (o.number == 1) throw std::runtime_error("no luck");
        handled.push_back(o.number);
      },
      {.where = [&](const order& o) { return o.number != 1 || d.now_ms() < 500; },
       .dedupe = {.window = 1h},
       .concurrency = 2,
       .retry = exact(3, 1s)});
  d.post(1, id);
  d.w.run_for(100ms);
  d.post(2, id);  // a copy: waits for how the first one ends, which its filter decides
  d.w.run();
  CHECK(handled == std::vector<int>{2});
  CHECK(held.counts().filtered == 1);
  CHECK(held.counts().in_flight() == 0);
}
