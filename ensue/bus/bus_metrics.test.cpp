#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/bus_metrics.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct ping {
  static constexpr std::string_view event_name = "ping";
  int n = 0;
};

struct table : metric_visitor {
  static std::string key(const metric& what, std::span<const metric_label> labels) {
    std::string line{what.name};
    for (const auto& label : labels) line.append(" ").append(label.value);
    return line;
  }
  void number(const metric& what, std::span<const metric_label> labels, std::int64_t n) override {
    CHECK(numbers.try_emplace(key(what, labels), n).second);
  }
  void durations(const metric& what, std::span<const metric_label> labels,
                 const metric_histogram& h) override {
    std::uint64_t inside = 0;
    for (const auto& b : h.buckets) inside += b.count;
    CHECK(inside == h.count);
    CHECK(counts.try_emplace(key(what, labels), h.count).second);
  }
  std::map<std::string, std::int64_t> numbers;
  std::map<std::string, std::uint64_t> counts;
};

}  // namespace

TEST_CASE("a bus shows its ledger, depths, failures and times, each series once") {
  sim::world w;
  bus b{w.rt(), {.source = "shop"}};
  auto good = b.subscribe<ping>([](const ping&) {}, {.name = "good"});
  auto twin = b.subscribe<ping>([](const ping&) {}, {.name = "good"});
  auto bad = b.subscribe<ping>([](const ping&) { throw 1; }, {.name = "bad"});
  auto full = b.subscribe<ping>([](const ping&) -> task<> { co_return; },
                                {.name = "full", .capacity = 1, .on_full = overflow::reject});
  for (int n = 0; n < 130; ++n) b.emit<ping>(n);
  CHECK(b.try_post<ping>(1) == errc::full);
  CHECK(full.counts().queued == 1);
  table t;
  w.rt().metrics().collect(t);
  CHECK(t.numbers.at("ensue_bus_accepted shop good ping") == 260);
  CHECK(t.numbers.at("ensue_bus_handled shop good ping") == 260);
  CHECK(t.numbers.at("ensue_bus_dead shop bad ping") == 130);
  CHECK(t.numbers.at("ensue_bus_failures shop bad ping") == 130);
  CHECK(t.numbers.at("ensue_bus_queued shop full ping") == 1);
  CHECK(t.numbers.at("ensue_bus_refused shop full ping") == 1);
  CHECK(t.numbers.at("ensue_bus_dropped shop full ping rejected") == 129);
  CHECK(t.numbers.at("ensue_bus_unrouted shop") == 0);
  CHECK_FALSE(t.numbers.contains("ensue_bus_dropped shop good ping rejected"));
}

TEST_CASE("attempts that failed and those that took too long are counted beside the ledger") {
  sim::world w;
  bus b{w.rt()};
  auto s = b.subscribe<ping>([&](const ping&) -> task<> { co_await sleep_for(w.rt(), 1h); },
                             {.name = "slow", .retry = {.attempts = 3}, .timeout = 1s});
  CHECK_FALSE(b.try_post<ping>(1));
  w.run();
  const bus::account a = b.accounts()[0];
  CHECK(a.failed == 3);
  CHECK(a.timed_out == 3);
  CHECK(a.counts.dead == 1);
  table t;
  w.rt().metrics().collect(t);
  CHECK(t.numbers.at("ensue_bus_failures ensue slow ping") == 3);
  CHECK(t.numbers.at("ensue_bus_timed_out ensue slow ping") == 3);
}

TEST_CASE("times are shown once there are samples, and go with the bus") {
  sim::world w;
  {
    bus b{w.rt()};
    auto s = b.subscribe<ping>([](const ping&) {}, {.name = "s"});
    for (int n = 0; n < 128; ++n) CHECK_FALSE(b.try_post<ping>(n));
    w.run();
    table t;
    w.rt().metrics().collect(t);
    CHECK(t.counts.at("ensue_bus_time_in_queue ensue s ping") == 2);
    CHECK(t.counts.at("ensue_bus_time_handling ensue s ping") == 2);
  }
  table none;
  w.rt().metrics().collect(none);
  CHECK(none.numbers.empty());
}

TEST_CASE("the number of series is bounded, what is beyond is counted together") {
  sim::world w;
  bus b{w.rt()};
  std::vector<subscription> all;
  for (std::size_t n = 0; n < bus_metrics::series_max + 20; ++n)
    all.push_back(b.subscribe<ping>([](const ping&) {}, {.name = "s" + std::to_string(n)}));
  b.emit<ping>();
  table t;
  w.rt().metrics().collect(t);
  CHECK(t.counts.size() == 2 * (bus_metrics::series_max + 1));
  CHECK(t.numbers.at("ensue_bus_handled ensue (others) ") == 20);
}

TEST_CASE("an open breaker shows, and who has none shows nothing") {
  sim::world w;
  bus b{w.rt(), {.source = "shop"}};
  auto broken = b.subscribe<ping>([](const ping&) { throw 1; },
                                  {.name = "broken", .breaker = {.failures = 2, .open_for = 60s}});
  auto good = b.subscribe<ping>([](const ping&) {}, {.name = "good"});
  const auto level = [&] {
    table t;
    w.rt().metrics().collect(t);
    CHECK_FALSE(t.numbers.contains("ensue_bus_breaker shop good ping"));
    return t.numbers.at("ensue_bus_breaker shop broken ping");
  };
  CHECK(level() == 0);
  for (int n = 0; n < 3; ++n) CHECK_FALSE(b.try_post<ping>(n));
  w.run_for(1s);
  CHECK(level() == 2);
}
