#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/flow/request.hpp>
#include <ensue/sim/explore.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct price_asked {
  std::string item;
  int wait_ms = 0;
};
struct price {
  std::string item;
  int cents = 0;
};

struct market {
  sim::world w;
  bus b{w.rt()};
  requests<price> prices{b, 4};
  subscription answering = b.subscribe<price_asked>(
      [this](const price_asked& q) -> task<price> {
        co_await sleep_for(w.rt(), std::chrono::milliseconds{q.wait_ms});
        co_return price{q.item, static_cast<int>(q.item.size())};
      },
      {.concurrency = 8});

  error_code error_of(task<price> asked) {
    try {
      w.block_on(std::move(asked));
    } catch (const system_error& e) {
      return e.code();
    }
    return {};
  }
};

}  // namespace

TEST_CASE("a reply finds its request, whatever else is under way") {
  market m;
  auto slow = m.prices.ask<price_asked>(1s, "diamond", 50);
  auto quick = m.prices.ask<price_asked>(1s, "tea", 5);
  CHECK(m.w.block_on(std::move(quick)).cents == 3);
  CHECK(m.w.block_on(std::move(slow)).cents == 7);
  CHECK(m.prices.counts().answered == 2);
  CHECK(m.prices.waiting() == 0);
}

TEST_CASE("a late reply is dropped and counted, and reaches no later request") {
  market m;
  CHECK(m.error_of(m.prices.ask<price_asked>(10ms, "diamond", 50)) == errc::timed_out);
  auto next = m.prices.ask<price_asked>(1s, "tea", 100);
  CHECK(m.w.block_on(std::move(next)).item == "tea");
  CHECK(m.prices.counts().timed_out == 1);
  CHECK(m.prices.counts().late == 1);
  CHECK(m.prices.counts().answered == 1);
}

TEST_CASE("of several replies the first counts") {
  market m;
  const auto second = m.b.subscribe<price_asked>(
      [](const price_asked& q) { return price{q.item, -1}; }, {.name = "another"});
  auto asked = m.prices.ask<price_asked>(1s, "tea", 5);
  CHECK(m.w.block_on(std::move(asked)).cents == -1);
  m.w.run();
  CHECK(m.prices.counts().surplus == 1);
}

TEST_CASE("requests are bounded, and a request that was not begun in time is expired") {
  market m;
  std::vector<task<price>> all;
  for (int i = 0; i < 4; ++i) all.push_back(m.prices.ask<price_asked>(1s, "tea", 5));
  CHECK(m.error_of(m.prices.ask<price_asked>(1s, "tea")) == errc::full);
  for (task<price>& one : all) CHECK(m.w.block_on(std::move(one)).item == "tea");
  m.answering.end();
  const auto busy = m.b.subscribe<price_asked>(
      [&](const price_asked&) -> task<> { co_await sleep_for(m.w.rt(), 10s); }, {.name = "busy"});
  auto first = m.prices.ask<price_asked>(1s, "tea");
  auto behind = m.prices.ask<price_asked>(1s, "tea");
  CHECK(m.error_of(std::move(first)) == errc::timed_out);
  CHECK(m.error_of(std::move(behind)) == errc::timed_out);
  m.w.run();
  CHECK(busy.counts().expired == 1);
}

TEST_CASE("S-13: whatever the timing, each request ends once and no reply goes astray") {
  const auto found = sim::for_each_seed(500, [](sim::world& w) {
    bus b{w.rt()};
    requests<price> prices{b};
    random_stream draw = w.random("replies");
    const auto answering = b.subscribe<price_asked>(
        [&](const price_asked& q) -> task<price> {
          co_await sleep_for(w.rt(), std::chrono::microseconds{draw.below(4000)});
          co_return price{q.item, 1};
        },
        {.concurrency = 4});
    int answered = 0, gone = 0;
    const auto client = [&](int n) -> task<> {
      const std::string item = std::to_string(n);
      try {
        const price p = co_await prices.ask<price_asked>(2ms, item);
        w.require(p.item == item, "a reply went to another request");
        ++answered;
      } catch (const system_error& e) {
        w.require(e.code() == errc::timed_out, "another end than a time-out");
        ++gone;
      }
    };
    for (int n = 0; n < 8; ++n) w.spawn("client", client(n));
    w.run();
    const request_counts c = prices.counts();
    w.require(answered + gone == 8 && c.asked == 8, "a request ended twice or never");
    w.require(c.answered == static_cast<std::uint64_t>(answered), "answers do not add up");
    w.require(c.late + answering.counts().expired == static_cast<std::uint64_t>(gone),
              "a late reply was not counted");
    w.require(prices.waiting() == 0, "something still waits");
  });
  CHECK(found.distinct > 100);
}
