#include <ensue/bus/bus.hpp>
#include <ensue/flow/schedule.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct beat {
  wall_time due{};
  std::uint64_t stands_for = 0;
};

struct heard {
  duration at{};
  beat what;
};

task<> work_for(runtime& rt, duration d) { co_await sleep_for(rt, d); }

// A bus with one subscriber whose work takes a while, and a scheduler.
struct bench {
  explicit bench(duration work = 0s, scheduler_options o = {}) : clock{b, o} {
    if (work == 0s) {
      heart = b.subscribe<beat>([this](const beat& e) { hear(e); });
    } else {
      heart = b.subscribe<beat>(
          [this, work](const beat& e, context& c) {
            hear(e);
            return work_for(c.rt(), work);
          },
          {.concurrency = 100});
    }
  }
  ~bench() { w.end(); }

  void hear(const beat& e) { all.push_back({w.elapsed() - begun, e}); }
  void add(schedule_options o) {
    begun = w.elapsed();
    o.id = "heart";
    REQUIRE(clock.add<beat>(std::move(o), [](const tick& t) { return beat{t.due, t.stands_for}; }));
  }
  void run() { w.spawn_background("scheduler", clock.run()); }
  std::vector<duration> times() const {
    std::vector<duration> out;
    for (const heard& h : all) out.push_back(h.at);
    return out;
  }
  schedule_info info() const { return clock.find("heart").value(); }

  sim::world w;
  bus b{w.rt()};
  scheduler clock;
  subscription heart;
  std::vector<heard> all;
  duration begun{};
};

using times = std::vector<duration>;

timing by(std::string_view expression) { return timing::on(cron::parse(expression).value()); }

// To a full hour of the wall clock.
void align(bench& t) {
  const wall_time now = t.w.rt().wall_now();
  t.w.run_for(std::chrono::ceil<std::chrono::hours>(now) - now);
}

}  // namespace

TEST_CASE("a fixed rate does not drift with the work") {
  bench t{3s};
  t.add({.when = timing::fixed_rate(5s)});
  t.run();
  t.w.run_for(21s);
  CHECK(t.times() == times{5s, 10s, 15s, 20s});
  CHECK(t.info().settled == 3);
  CHECK(t.info().unsettled == 1);
}

TEST_CASE("a fixed delay counts from the end of the work") {
  bench t{3s};
  t.add({.when = timing::fixed_delay(5s)});
  t.run();
  t.w.run_for(22s);
  CHECK(t.times() == times{5s, 13s, 21s});
}

TEST_CASE("after and at happen once and are gone") {
  bench t;
  t.add({.when = timing::after(5s)});
  const wall_time then = t.w.rt().wall_now() + 7s;
  REQUIRE(t.clock.add<beat>({.when = timing::at(then), .id = "then"}, beat{}));
  t.run();
  t.w.run_for(1h);
  CHECK(t.times() == times{5s, 7s});
  CHECK(t.clock.list().empty());
}

TEST_CASE("overlap::skip leaves a tick out while the last one is at work") {
  bench t{12s};
  t.add({.when = timing::fixed_rate(5s), .busy = overlap::skip});
  t.run();
  t.w.run_for(36s);
  CHECK(t.times() == times{5s, 20s, 35s});
  CHECK(t.info().overlapped == 4);
}

TEST_CASE("overlap::allow has so many at once and keeps the others waiting") {
  bench t{100s, {.at_once_max = 2}};
  t.add({.when = timing::fixed_rate(10s), .missed_max = 3});
  t.run();
  t.w.run_for(99s);
  CHECK(t.times() == times{10s, 20s});
  CHECK(t.info().unsettled == 5);  // two at work, three waiting
  CHECK(t.info().overlapped == 4);
  t.w.run_for(22s);
  CHECK(t.times() == times{10s, 20s, 110s, 120s});
}

TEST_CASE("what was missed while nobody ran it goes by the policy") {
  const auto missed = [](catch_up policy, duration away) {
    bench t;
    t.add({.when = timing::fixed_rate(10s), .missed = policy, .missed_max = 3, .grace = 1s});
    t.w.run_for(away);
    t.run();
    t.w.run_for(6s);
    std::vector<std::uint64_t> out;
    for (const heard& h : t.all) out.push_back(h.what.stands_for);
    out.push_back(t.info().missed);
    return out;
  };
  using list = std::vector<std::uint64_t>;
  CHECK(missed(catch_up::skip, 23s) == list{2});             // 10 and 20 are gone
  CHECK(missed(catch_up::skip, 20s + 500ms) == list{1, 1});  // 20 is in time
  CHECK(missed(catch_up::once, 23s) == list{2, 1});
  CHECK(missed(catch_up::all, 23s) == list{1, 1, 0});
  CHECK(missed(catch_up::all, 53s) == list{1, 1, 1, 2});  // the oldest three of five
}

TEST_CASE("one that is missed by a single tick is gone and forgotten") {
  bench t;
  t.add({.when = timing::after(5s), .missed = catch_up::skip, .grace = 1s});
  t.w.run_for(1h);
  t.run();
  t.w.run_for(1s);
  CHECK(t.all.empty());
  CHECK(t.clock.list().empty());
}

TEST_CASE("R-11: intervals do not notice that the wall clock is set") {
  bench t;
  t.add({.when = timing::fixed_rate(10min)});
  t.run();
  for (const duration jump : {60min, -60min, -180min, 30min}) {
    t.w.run_for(15min);
    t.w.host("main").jump_wall_clock(jump);
  }
  CHECK(t.times() == times{10min, 20min, 30min, 40min, 50min, 60min});
}

TEST_CASE("R-11: cron follows the wall clock, never early and never twice") {
  bench t;
  align(t);
  t.add({.when = by("0 * * * *"), .missed = catch_up::once});
  t.run();
  t.w.run_for(65min);  // 1:05
  CHECK(t.times() == times{60min});
  t.w.host("main").jump_wall_clock(-1h);  // 0:05
  t.w.run_for(60min);                     // 1:05 again: fired before
  CHECK(t.times() == times{60min});
  t.w.run_for(60min);  // 2:05
  CHECK(t.times() == times{60min, 180min});
  t.w.host("main").jump_wall_clock(3h);  // 5:05: 3, 4 and 5 were jumped over
  t.w.run_for(2min);
  REQUIRE(t.all.size() == 3);
  CHECK(t.all[2].what.stands_for == 3);
  CHECK(t.all[2].at <= 186min);
  t.w.run_for(58min);  // 6:05
  CHECK(t.times().size() == 4);
  std::set<wall_time> dues;
  for (const heard& h : t.all) CHECK(dues.insert(h.what.due).second);
}

TEST_CASE("R-11: a jump over many ticks coalesces by the policy") {
  const auto after_jump = [](catch_up policy) {
    bench t;
    align(t);
    t.add({.when = by("* * * * *"), .missed = policy, .missed_max = 5, .grace = 10s});
    t.run();
    t.w.run_for(1min);
    t.w.host("main").jump_wall_clock(5h + 30s);
    t.w.run_for(80s);  // noticed after a minute, half a minute after a tick
    return t.all.size();
  };
  CHECK(after_jump(catch_up::skip) == 1);
  CHECK(after_jump(catch_up::once) == 2);
  CHECK(after_jump(catch_up::all) == 6);
}

TEST_CASE("a daily cron at a change of the clock: 23 and 25 hours") {
  bench t{0s, {.clock_check = 24h}};
  const auto c = cron::parse("TZ=Europe/Berlin 0 3 * * *").value();
  t.add({.when = timing::on(c)});
  t.run();
  t.w.run_for(370 * 24h);
  std::set<duration> gaps;
  for (std::size_t n = 1; n < t.all.size(); ++n) gaps.insert(t.all[n].at - t.all[n - 1].at);
  CHECK(gaps == std::set<duration>{23h, 24h, 25h});
}

TEST_CASE("a tick that the bus refuses is retried until it is accepted") {
  bench t;
  t.heart = t.b.subscribe<beat>(
      [&](const beat& e, context& c) {
        t.hear(e);
        return work_for(c.rt(), 20min);
      },
      {.capacity = 1, .on_full = overflow::wait, .wait_max = 1s});
  t.add({.when = timing::fixed_rate(10min)});
  t.run();
  t.w.run_for(2h);
  CHECK(t.all.size() == 6);  // as fast as the subscriber is, and none is lost
  CHECK(t.info().failed == 0);
  CHECK(t.info().overlapped == 0);
}

TEST_CASE("what cannot be made is counted and does not stop the schedule") {
  bench t;
  int made = 0;
  REQUIRE(t.clock.add<beat>({.when = timing::fixed_rate(1s), .id = "bad"}, [&](const tick&) {
    if (++made < 3) throw std::runtime_error{"no"};
    return beat{};
  }));
  t.run();
  t.w.run_for(3s);
  CHECK(t.clock.find("bad")->failed == 2);
  CHECK(t.clock.find("bad")->settled == 1);
}

TEST_CASE("an idle scheduler does nothing") {
  bench t;
  t.add({.when = timing::fixed_rate(1000h)});
  t.run();
  t.w.run_for(1s);
  const auto before = t.w.steps();
  t.w.run_for(999h);
  CHECK(t.w.steps() == before);
}

TEST_CASE("a thousand schedules tick each in its own time") {
  bench t;
  int n = 0;
  for (int k = 1; k <= 1000; ++k)
    REQUIRE(t.clock.add<beat>({.when = timing::fixed_rate(k * 1s), .name = "one of many"}, beat{}));
  CHECK(t.clock.list().size() == 1000);
  t.run();
  t.w.run_for(1000s + 1ms);
  for (int k = 1; k <= 1000; ++k) n += 1000 / k;
  CHECK(t.all.size() == static_cast<std::size_t>(n));
}
