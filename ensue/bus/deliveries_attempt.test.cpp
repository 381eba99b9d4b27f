// Attempts that nothing stops, and the ends of those that take too long.
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/sim/explore.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int number = 0;
};
struct receipt {
  int number = 0;
};

struct desk {
  sim::world w;
  bus b{w.rt()};
  std::vector<int> done;
  std::vector<std::int64_t> at;  // ms at which attempts ended

  std::int64_t now_ms() const { return w.elapsed() / 1ms; }
  void post(int from, int to) {
    for (int i = from; i <= to; ++i) REQUIRE_FALSE(b.try_post<order>(i));
  }
  // Takes `number` ms; notes when it ended, however that was.
  task<> work(const order& o) {
    const std::shared_ptr<void> leaves{nullptr, [this](void*) { at.push_back(now_ms()); }};
    co_await sleep_for(w.rt(), std::chrono::milliseconds{o.number});
    done.push_back(o.number);
  }
};

retry_policy quick(unsigned attempts) {
  return {.attempts = attempts, .base = 1ms, .cap = 1ms, .jitter_min = 1, .jitter_max = 1};
}

}  // namespace

TEST_CASE("attempt: one timer ends each attempt in its own time, and the worker goes on") {
  desk d;
  const auto held = d.b.subscribe<order>([&](const order& o) { return d.work(o); },
                                         {.name = "desk", .timeout = 100ms});
  for (const int ms : {30, 90, 500, 99, 101, 20}) d.post(ms, ms);
  d.w.run();
  CHECK(d.done == std::vector<int>{30, 90, 99, 20});
  CHECK(d.at == std::vector<std::int64_t>{30, 120, 220, 319, 419, 439});
  CHECK(held.counts().handled == 4);
  CHECK(held.counts().dead == 2);
  CHECK(held.counts().balanced());
  CHECK(d.w.elapsed() < 450ms);  // no timer is left behind
}

TEST_CASE("attempt: a handler may answer its time-out, or fail in its clean-up") {
  desk d;
  std::vector<std::string> said;
  const auto held = d.b.subscribe<order>(
      [&](const order& o) -> task<> {
        try {
          co_await sleep_for(d.w.rt(), 1h);
        } catch (const system_error&) {
          if (o.number == 1) throw std::runtime_error("broken in its clean-up");
          if (o.number == 2) throw;
        }
        d.done.push_back(o.number);
      },
      {.retry = {.attempts = 1}, .timeout = 1s, .on_failure = [&](const dead_letter& l) {
         said.push_back(l.attempts.back().error);
       }});
  d.post(1, 4);
  d.w.run();
  CHECK(d.done == std::vector<int>{3, 4});
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "broken in its clean-up");
  CHECK(said[1].find("the deadline passed") != std::string::npos);
  CHECK(held.counts().handled == 2);
  CHECK(d.w.elapsed() / 1s == 4);
}

TEST_CASE("attempt: its time-out and the end of its worker meet in every order") {
  sim::sweep seeds;
  seeds.seeds = 300;
  const sim::findings found = sim::explore(seeds, [](sim::world& w) {
    bus b{w.rt()};
    int began = 0;
    const auto held = b.subscribe<order>(
        [&](const order&) -> task<> {
          ++began;
          co_await sleep_for(w.rt(), 10ms);
        },
        {.concurrency = 2, .timeout = 10ms});
    for (int i = 0; i < 6; ++i) (void)b.try_post<order>(i);
    w.run_for(10ms);
    b.engine().cut(drop_reason::halted, true, [](const subscription_state&) { return true; });
    for (int i = 0; i < 3; ++i) (void)b.try_post<order>(i);
    w.run();
    w.require(b.total().balanced(), "balanced: " + b.total().text());
    w.require(b.idle(), "idle");
    const int before = began;
    (void)b.try_post<order>(9);
    w.run();
    w.require(began == before + 1, "the subscription lives on");
  });
  INFO(found.report);
  CHECK_FALSE(found.failing_seed);
}

TEST_CASE("attempt: the time-out counts from the attempt, not from the turn it began in") {
  desk d;
  std::vector<time_point> ends;
  const auto held = d.b.subscribe<order>(
      [&](const order& o, context& c) -> task<> {
        ends.push_back(c.deadline());
        co_await d.work(o);
      },
      {.timeout = 50ms});
  d.post(40, 40);
  d.post(41, 41);
  const time_point start = d.w.rt().now();
  d.w.run();
  CHECK(ends == std::vector<time_point>{start + 50ms, start + 90ms});
  CHECK(d.done == std::vector<int>{40, 41});
}

TEST_CASE("attempt: plain functions in a row, one of which fails and has its next attempt") {
  desk d;
  const auto held = d.b.subscribe<order>(
      [&](const order& o) {
        if (o.number % 100 == 7 && d.now_ms() == 0) throw std::runtime_error("no luck");
        d.done.push_back(o.number);
      },
      {.breaker = {.failures = 2}, .retry = quick(2)});
  d.post(0, 599);
  d.w.run();
  CHECK(d.done.size() == 600);
  CHECK(held.counts().handled == 600);
  CHECK(held.counts().balanced());
  const deliveries& all = *d.b.engine().subscriptions().at(0)->policed();
  CHECK(all.retried() == 1);  // alone with its queue: the others waited for it
  CHECK(all.breaker()->counts().succeeded == 600);
  CHECK(all.breaker()->counts().failed == 1);
  CHECK(all.breaker()->counts().opened == 0);
}

TEST_CASE("attempt: successes between failures keep the breaker closed, a row of them opens it") {
  desk d;
  bool all_fail = false;
  const auto held = d.b.subscribe<order>(
      [&](const order& o) {
        if (all_fail || o.number % 2 == 0) throw std::runtime_error("no luck");
      },
      {.breaker = {.failures = 3}, .dead_letter = false});
  d.post(1, 51);
  d.w.run();
  const deliveries& all = *d.b.engine().subscriptions().at(0)->policed();
  CHECK(all.breaker()->counts().opened == 0);
  CHECK(all.breaker()->counts().failed == 25);
  all_fail = true;
  d.post(1, 10);
  d.w.run_for(1s);
  CHECK(all.breaker()->counts().opened == 1);
  CHECK(held.counts().queued == 7);
  CHECK(held.counts().balanced());
}

TEST_CASE("attempt: a plain function may end its subscription, or the bus, in the middle") {
  for (const bool whole_bus : {false, true}) {
    desk d;
    auto b = std::make_unique<bus>(d.w.rt());
    std::optional<subscription> held;
    std::vector<int> done;
    held = b->subscribe<order>(
        [&](const order& o) {
          done.push_back(o.number);
          if (o.number != 3) return;
          whole_bus ? b.reset() : held->end();
        },
        {.retry = quick(3)});
    for (int i = 1; i <= 9; ++i) REQUIRE_FALSE(b->try_post<order>(i));
    d.w.run();
    CHECK(done == std::vector<int>{1, 2, 3});
    if (!b) continue;
    CHECK(b->total().handled == 3);
    CHECK(b->total().dropped_total() == 6);
    CHECK(b->idle());
  }
}

TEST_CASE("attempt: what a plain function emits or posts is caused by the event at hand") {
  desk d;
  for (const bool filtered : {false, true}) {  // in a row, or one by one
    std::vector<std::uint32_t> depths;
    subscribe_options<order> o{.retry = quick(2)};
    if (filtered) o.where = [](const order&) { return true; };
    const auto orders = d.b.subscribe<order>(
        [&](const order& e) {
          (void)d.b.emit<receipt>(e.number);
          REQUIRE_FALSE(d.b.try_post<receipt>(e.number));
        },
        std::move(o));
    const auto receipts =
        d.b.subscribe<receipt>([&](const receipt&, context& c) { depths.push_back(c.depth()); });
    d.post(1, 2);
    d.w.run();
    CHECK(depths == std::vector<std::uint32_t>{1, 1, 1, 1});
  }
}

TEST_CASE("attempt: a function that halts its own subscription is not called again") {
  desk d;
  const auto held = d.b.subscribe<order>(
      [&](const order& o) {
        d.done.push_back(o.number);
        brakes on;
        on.halts = [](const subscription_state&) { return true; };
        d.b.engine().set_brakes(std::move(on));
      },
      {.retry = quick(3)});
  d.post(1, 5);
  d.w.run();
  CHECK(d.done == std::vector<int>{1});
  CHECK(held.counts().queued == 4);
  CHECK(held.counts().balanced());
  d.b.engine().set_brakes({});
  d.w.run();
  CHECK(d.done == std::vector<int>{1, 2});
}

TEST_CASE("attempt: a plain function's event that is too late is not begun") {
  desk d;
  const auto held = d.b.subscribe<order>([&](const order& o) { d.done.push_back(o.number); },
                                         {.retry = quick(3)});
  REQUIRE_FALSE(d.b.with({.expires_in = 0ms}).try_post<order>(1));
  d.post(2, 2);
  d.w.run();
  CHECK(d.done == std::vector<int>{2});
  CHECK(held.counts().expired == 1);
  const deliveries& all = *d.b.engine().subscriptions().at(0)->policed();
  CHECK(all.breaker() == nullptr);
}
