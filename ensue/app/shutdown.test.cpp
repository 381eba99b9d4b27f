#include <ensue/app/shutdown.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int id = 0;
};

// Posts an order every second until its intake is stopped.
struct feed {
  static constexpr std::string_view name = "feed";
  bus& b;
  bool open = true;
  int posted = 0;
  int after_stop = 0;  // what it posts when it is stopped

  void start() {}
  task<> run() {
    while (open) {
      co_await b.post<order>(posted++);
      co_await sleep_for(b.rt(), 1s);
    }
  }
  void stop_intake() { open = false; }
  task<> stop() {
    for (int i = 0; i < after_stop; ++i) co_await b.post<order>(100 + i);
  }
};

struct stage {
  sim::world w;
  bus b{w.rt()};
  registry r{b};
  ordered_shutdown s{b, r, {}};
  std::vector<std::string> phases;
  std::vector<subscription> held;

  stage() {
    const auto note = [this](const char* name) {
      return [this, name](const auto&) { phases.push_back(name); };
    };
    held.push_back(b.subscribe<shutdown_requested>(
        [this](const shutdown_requested& e) { phases.push_back("requested: " + e.reason); }));
    held.push_back(b.subscribe<shutdown_forced>(
        [this](const shutdown_forced& e) { phases.push_back("forced: " + e.reason); }));
    held.push_back(b.subscribe<intake_stopped>(note("intake")));
    held.push_back(b.subscribe<draining>(note("draining")));
    held.push_back(b.subscribe<drained>([this](const drained& e) {
      phases.push_back("drained, left " + std::to_string(e.left.size()));
    }));
    held.push_back(b.subscribe<stopped>(
        [this](const stopped& e) { phases.push_back("stopped: " + std::string{text(e.code)}); }));
  }
  shutdown_report run_down() { return w.block_on(s.run()); }
};

// Swallows its cancellation, and waits for ever in what cannot be cancelled.
task<> never_ends(const order&, context& c) {
  work_list never_woken;
  co_await wait_through(never_woken, c.rt(), "nothing");
}

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the phases come in order, everything accepted is handled, the exit code says drained") {
  stage t;
  feed f{t.b};
  f.after_stop = 2;
  t.r.add(f);
  int served = 0;
  auto s = t.b.subscribe<order>([&](const order&, context& c) -> task<> {
    co_await sleep_for(c.rt(), 100ms);
    ++served;
  });
  t.w.block_on(t.r.start());
  t.w.run_for(5500ms);
  t.s.request("deploy");
  t.s.request("another reason");
  const shutdown_report report = t.run_down();
  CHECK(report.code == exit_code::drained);
  CHECK(report.reason == "deploy");
  CHECK(f.posted == 6);
  CHECK(served == f.posted + f.after_stop);
  CHECK(t.phases ==
        lines{"requested: deploy", "intake", "draining", "drained, left 0", "stopped: drained"});
  CHECK(t.b.total().balanced());
}

TEST_CASE("what is left at the deadline is counted, cancelled, and makes the end a forced one") {
  stage t;
  auto s = t.b.subscribe<order>(
      [](const order&, context& c) -> task<> { co_await sleep_for(c.rt(), 6s); }, {.name = "slow"});
  for (int i = 0; i < 5; ++i) CHECK_FALSE(t.b.try_post<order>(i));
  t.s.request("deploy");
  const shutdown_report report = t.run_down();
  CHECK(report.code == exit_code::forced);
  REQUIRE(report.left.size() == 1);
  CHECK(report.left[0].subscription == "slow");
  CHECK(report.left[0].queued == 3);
  CHECK(report.left[0].running == 1);
  CHECK(t.w.elapsed() < 10100ms);
  CHECK(t.b.total().dropped_for(drop_reason::shutdown) == 4);
  CHECK(t.b.total().balanced());
}

TEST_CASE("a handler that cannot be cancelled does not hold up the end") {
  stage t;
  auto s = t.b.subscribe<order>(never_ends, {.name = "stuck"});
  CHECK_FALSE(t.b.try_post<order>(1));
  t.s.request("deploy");
  const shutdown_report report = t.run_down();
  CHECK(report.code == exit_code::forced);
  CHECK(t.w.elapsed() <= t.s.bound());
}

TEST_CASE("force ends the drain at once") {
  stage t;
  auto s = t.b.subscribe<order>(never_ends);
  CHECK_FALSE(t.b.try_post<order>(1));
  t.s.request("deploy");
  t.w.spawn("impatience", [](stage& g) -> task<> {
    co_await sleep_for(g.w.rt(), 2s);
    g.s.force("again");
  }(t));
  const shutdown_report report = t.run_down();
  CHECK(report.code == exit_code::forced);
  CHECK(t.w.elapsed() < 2100ms);
  CHECK(t.phases == lines{"requested: deploy", "intake", "draining", "forced: again",
                          "drained, left 1", "stopped: forced"});
}

TEST_CASE("what the kill switch holds back is dropped as halted, not waited for") {
  stage t;
  auto s = t.b.subscribe<order>([](const order&) {});
  CHECK_FALSE(t.b.try_post<order>(1));
  t.b.engine().set_brakes(
      {.halts = [](const subscription_state& sub) { return sub.type().name.ends_with("order"); }});
  t.s.request("deploy");
  const shutdown_report report = t.run_down();
  CHECK(report.code == exit_code::drained);
  CHECK(t.w.elapsed() < 1s);
  CHECK(t.b.total().dropped_for(drop_reason::halted) == 1);
}

TEST_CASE("a failed service ends as such, when all else was in order") {
  stage t;
  t.s.fail("component \"a\" failed");
  CHECK(t.run_down().code == exit_code::component_failed);
}
