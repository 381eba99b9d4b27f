// One test for each pair of neighbours in the order of a policy: what would break the other way.
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/policy_events.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/reliability/dead_letters.hpp>
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

struct desk {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::int64_t> at;  // ms at which calls began

  std::int64_t now_ms() const { return w.elapsed() / 1ms; }
};

retry_policy exact(unsigned attempts, duration wait) {
  return {.attempts = attempts, .base = wait, .cap = wait, .jitter_min = 1, .jitter_max = 1};
}

}  // namespace

TEST_CASE("expire stands before dedupe: a copy that nobody wants any more waits for nobody") {
  desk d;
  const uuid id = d.w.rt().new_id();
  const auto held =
      d.b.subscribe<order>([&](const order&) -> task<> { co_await sleep_for(d.w.rt(), 1h); },
                           {.capacity = 1, .dedupe = {.window = 2h}, .concurrency = 2});
  REQUIRE_FALSE(d.b.with({.id = id}).try_post<order>(1));
  d.w.run_for(1s);
  REQUIRE_FALSE(d.b.with({.id = id, .expires_in = 0s}).try_post<order>(1));
  d.w.run_for(1s);
  CHECK(held.counts().expired == 1);  // the other way round it would wait for an hour
  CHECK(held.counts().queued == 0);
  REQUIRE_FALSE(d.b.try_post<order>(2));  // and hold the one place in the queue
  d.w.run();
  CHECK(held.counts().handled == 2);
  CHECK(held.counts().dropped_total() == 0);
}

TEST_CASE("dedupe stands outside retry: a copy waits until all attempts are over") {
  desk d;
  std::vector<unsigned> attempts;
  const uuid id = d.w.rt().new_id();
  const auto held = d.b.subscribe<order>(
      [&](const order&, context& c) {
        attempts.push_back(c.attempt());
        if (attempts.size() == 1) throw std::runtime_error("no luck");
      },
      {.dedupe = {.window = 1h}, .concurrency = 2, .retry = exact(2, 10s)});
  REQUIRE_FALSE(d.b.with({.id = id}).try_post<order>(1));
  d.w.run_for(1s);
  REQUIRE_FALSE(d.b.with({.id = id}).try_post<order>(1));  // comes while the first one waits
  d.w.run_for(1s);
  CHECK(attempts == std::vector<unsigned>{1});  // the other way round the copy would run now
  d.w.run();
  CHECK(attempts == std::vector<unsigned>{1, 2});  // and an attempt of its own would be a copy
  CHECK(held.counts().handled == 1);
  CHECK(held.counts().dropped_for(drop_reason::duplicate) == 1);
}

TEST_CASE("retry stands outside the rate limit: each attempt takes a turn") {
  desk d;
  const auto held = d.b.subscribe<order>(
      [&](const order&, context& c) {
        d.at.push_back(d.now_ms());
        if (c.attempt() < 3) throw std::runtime_error("no luck");
      },
      {.rate = {.count = 1, .per = 1s}, .retry = exact(3, 1ms)});
  REQUIRE_FALSE(d.b.try_post<order>(1));
  d.w.run();
  CHECK(d.at == std::vector<std::int64_t>{0, 1000, 2000});
}

TEST_CASE("rate stands outside concurrency: who waits for his turn holds no worker") {
  desk d;
  std::vector<int> begun;
  const auto held = d.b.subscribe<order>(
      [&](const order& o) {
        begun.push_back(o.number);
        d.at.push_back(d.now_ms());
      },
      {.rate_each = {.count = 1, .per = 10s},
       .rate_key = [](const order& o) { return o.tenant; },
       .concurrency = 1});
  for (const int n : {1, 2, 3}) REQUIRE_FALSE(d.b.try_post<order>(n, "noisy"));
  REQUIRE_FALSE(d.b.try_post<order>(4, "quiet"));
  d.w.run();
  CHECK(begun == std::vector<int>{1, 4, 2, 3});
  CHECK(d.at == std::vector<std::int64_t>{0, 0, 10'000, 20'000});
}

TEST_CASE("a rate for each key works for those who subscribe by name, too") {
  desk d;
  event_registry known;
  bus named{d.w.rt(), {.registry = &known}};
  const auto held =
      named.subscribe("order.*", [&](const event_ref&) { d.at.push_back(d.now_ms()); },
                      {.rate_each = {.count = 1, .per = 10s},
                       .rate_key = [](const event_ref& e) { return e.name(); }});
  for (const char* name : {"order.a", "order.a", "order.b"})
    REQUIRE_FALSE(named.try_post_named(name, "{}").value());
  d.w.run();
  CHECK(d.at == std::vector<std::int64_t>{0, 0, 10'000});
}

TEST_CASE("concurrency stands outside the breaker: many workers, one probe") {
  desk d;
  bool well = false;
  unsigned at_work = 0, most = 0;
  const auto held = d.b.subscribe<order>(
      [&](const order&) -> task<> {
        d.at.push_back(d.now_ms());
        most = std::max(most, ++at_work);
        co_await sleep_for(d.w.rt(), 100ms);
        --at_work;
        if (!well) throw std::runtime_error("down");
      },
      {.concurrency = 8, .breaker = {.failures = 8, .open_for = 60s}, .retry = exact(5, 1s)});
  for (int i = 0; i < 8; ++i) REQUIRE_FALSE(d.b.try_post<order>(i));
  d.w.run_for(30s);
  CHECK(most == 8);
  CHECK(d.at.size() == 8);  // open: nobody is at work
  CHECK(held.counts().running == 0);
  well = true;
  most = 0;
  d.w.run_for(30s + 50ms);
  CHECK(most == 0);
  d.w.run_for(100ms);
  CHECK(most == 1);  // the probe
  d.w.run();
  CHECK(held.counts().handled == 8);
  CHECK(most > 1);
}

TEST_CASE("retry stands outside the breaker: an attempt it refuses costs none") {
  desk d;
  const auto held = d.b.subscribe<order>(
      [&](const order&, context& c) {
        d.at.push_back(d.now_ms());
        if (c.attempt() == 1) throw std::runtime_error("down");
      },
      {.breaker = {.failures = 1, .open_for = 60s}, .retry = exact(2, 1s)});
  REQUIRE_FALSE(d.b.try_post<order>(1));
  d.w.run();
  CHECK(d.at == std::vector<std::int64_t>{0, 60'000});
  CHECK(held.counts().handled == 1);
}

TEST_CASE("breaker stands outside the timeout: what takes too long has failed") {
  desk d;
  std::vector<std::string> changes;
  const auto told = d.b.subscribe<breaker_changed>(
      [&](const breaker_changed& c) { changes.push_back(c.subscription + " " + c.to); });
  const auto held = d.b.subscribe<order>(
      [&](const order&) -> task<> { co_await sleep_for(d.w.rt(), 1h); },
      {.name = "desk", .breaker = {.failures = 2, .open_for = 60s}, .timeout = 1s});
  for (int i = 0; i < 3; ++i) REQUIRE_FALSE(d.b.try_post<order>(i));
  d.w.run_for(10s);
  CHECK(changes == std::vector<std::string>{"desk open"});
  CHECK(held.counts().dead == 2);
  CHECK(held.counts().queued == 1);
}

TEST_CASE("retry stands outside the timeout: each attempt has its own") {
  desk d;
  const auto held = d.b.subscribe<order>(
      [&](const order&, context& c) -> task<> {
        d.at.push_back(d.now_ms());
        if (c.attempt() < 3) co_await sleep_for(d.w.rt(), 1h);
      },
      {.retry = exact(3, 100ms), .timeout = 1s});
  REQUIRE_FALSE(d.b.try_post<order>(1));
  d.w.run();
  CHECK(d.at == std::vector<std::int64_t>{0, 1100, 2200});
  CHECK(held.counts().handled == 1);
}

TEST_CASE("dead letters stand outside all attempts: none is written before the last has failed") {
  desk d;
  dead_letters letters{d.w.rt()};
  bus b{d.w.rt(), {.dead_letters = &letters}};
  const auto held = b.subscribe<order>(
      [&](const order& o, context& c) {
        CHECK(letters.size() == 0);
        if (o.number == 1 || c.attempt() < 3) throw std::runtime_error("no luck");
      },
      {.concurrency = 2, .retry = exact(3, 1s)});
  for (const int n : {2, 1}) REQUIRE_FALSE(b.try_post<order>(n));
  d.w.run();
  CHECK(held.counts().handled == 1);
  REQUIRE(letters.size() == 1);
  CHECK(letters.list().front()->attempts.size() == 3);
}

TEST_CASE("on_failure stands last: what it is told of is kept") {
  desk d;
  dead_letters letters{d.w.rt()};
  bus b{d.w.rt(), {.dead_letters = &letters}};
  std::vector<std::size_t> kept;
  const auto held = b.subscribe<order>(
      [](const order&) { throw std::runtime_error("no luck"); },
      {.retry = exact(2, 1s),
       .on_failure = [&](const dead_letter&) { kept.push_back(letters.size()); }});
  REQUIRE_FALSE(b.try_post<order>(1));
  d.w.run();
  CHECK(kept == std::vector<std::size_t>{1});
}

TEST_CASE("the timeout lets clean-up run to its end before the next attempt") {
  desk d;
  bool inside = false;
  const auto held = d.b.subscribe<order>(
      [&](const order&, context& c) -> task<> {
        CHECK_FALSE(inside);
        inside = true;
        struct clean {
          bool& flag;
          ~clean() { flag = false; }
        } const at_end{inside};
        if (c.attempt() == 1) co_await sleep_for(d.w.rt(), 1h);
      },
      {.retry = exact(2, 1ms), .timeout = 1s});
  REQUIRE_FALSE(d.b.try_post<order>(1));
  d.w.run();
  CHECK(held.counts().handled == 1);
}
