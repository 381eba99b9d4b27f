#include <ensue/app/component_events.hpp>
#include <ensue/app/registry.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

// A component that does what the test wants and writes it down.
struct actor {
  std::string name;
  runtime& rt;
  std::vector<std::string>& log;
  duration start_takes{}, stop_takes{};
  std::string start_error{}, stop_error{};
  int run_failures = 0;
  duration run_lasts = 1ms;
  int starts = 0;

  task<> start() {
    ++starts;
    log.push_back("start " + name);
    co_await sleep_for(rt, start_takes);
    if (!start_error.empty()) throw std::runtime_error{start_error};
    log.push_back("up " + name);
  }
  task<> stop() {
    log.push_back("stop " + name);
    co_await sleep_for(rt, stop_takes);
    if (!stop_error.empty()) throw std::runtime_error{stop_error};
    log.push_back("down " + name);
  }
  task<> run() {
    co_await sleep_for(rt, run_lasts);
    if (run_failures > 0) {
      --run_failures;
      throw std::runtime_error{"link lost"};
    }
    co_await sleep_for(rt, 100h);
  }
};

struct plain {
  static constexpr std::string_view name = "plain";
  int starts = 0, stops = 0;
  void start() { ++starts; }
  void stop() { ++stops; }
};

// Ignores every cancellation: its stop never ends.
struct stubborn {
  static constexpr std::string_view name = "stubborn";
  runtime& rt;
  work_list never_woken{};
  void start() {}
  task<> stop() { co_await wait_through(never_woken, rt, "nothing"); }
};

struct stage {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::string> log;
  std::vector<std::string> told;
  registry r{b};
  subscription s1 = b.subscribe<component_failed>([this](const component_failed& e) {
    told.push_back(e.component + " failed in " + e.step + ": " + e.error);
  });
  subscription s2 = b.subscribe<component_hung>(
      [this](const component_hung& e) { told.push_back(e.component + " hung in " + e.step); });
  subscription s3 = b.subscribe<component_given_up>(
      [this](const component_given_up& e) { told.push_back(e.component + " given up"); });
  subscription s4 = b.subscribe<component_restarting>([this](const component_restarting& e) {
    told.push_back(e.component + " again after " + std::to_string(e.after_ms));
  });

  actor make(std::string name) { return actor{std::move(name), w.rt(), log}; }
  std::string start_failure() {
    try {
      w.block_on(r.start());
    } catch (const start_error& e) {
      return e.what();
    }
    return "";
  }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("components are found by name and type; a taken name is refused by name") {
  stage t;
  plain p;
  actor a = t.make("feed");
  t.r.add(p);
  t.r.add(a);
  CHECK(&t.r.get<plain>("plain") == &p);
  CHECK(t.r.find<actor>("plain") == nullptr);
  const auto message = [&](auto&& call) -> std::string {
    try {
      call();
    } catch (const system_error& e) {
      return e.what();
    }
    return "";
  };
  CHECK(message([&] {
          t.r.get<actor>("fed");
        }).starts_with("no component \"fed\"; there are: plain, feed"));
  CHECK(message([&] { t.r.get<actor>("plain"); }).find("another type") != std::string::npos);
  CHECK(message([&] { t.r.add(p); }).starts_with("component \"plain\" is registered twice"));
}

TEST_CASE("a registry owns what it is given by pointer") {
  stage t;
  plain& p = t.r.add(std::make_unique<plain>());
  t.w.block_on(t.r.start());
  CHECK(p.starts == 1);
  CHECK(t.r.state("plain") == component_state::up);
  const stop_report report = t.w.block_on(t.r.stop());
  CHECK(p.stops == 1);
  CHECK(report.hung.empty());
  CHECK(t.r.state("plain") == component_state::down);
}

TEST_CASE("when one start fails the others are cancelled or stopped in reverse") {
  stage t;
  actor a = t.make("a"), b = t.make("b"), slow = t.make("slow"), bad = t.make("bad");
  bad.start_takes = 1s;
  bad.start_error = "no disk";
  slow.start_takes = 1h;
  t.r.add(a);
  t.r.add(b, {.depends_on = {"a"}});
  t.r.add(slow);
  t.r.add(bad);
  CHECK(t.start_failure() == "component \"bad\" did not start: no disk");
  CHECK(t.w.elapsed() == 1s);
  const lines tail(t.log.end() - 4, t.log.end());
  CHECK(tail == lines{"stop b", "down b", "stop a", "down a"});
  CHECK(t.r.state("slow") == component_state::down);
}

TEST_CASE("a start that never ends fails at its deadline") {
  stage t;
  actor a = t.make("a");
  a.start_takes = 10h;
  t.r.add(a, {.start_timeout = 2s});
  CHECK(t.start_failure() == "component \"a\" did not start: it was not up after 2000 ms");
  CHECK(t.told == lines{"a hung in start"});
}

TEST_CASE("a component that hangs in stop is named, cancelled and passed over") {
  stage t;
  actor a = t.make("a"), b = t.make("b");
  stubborn s{t.w.rt()};
  b.stop_takes = 1h;
  t.r.add(a);
  t.r.add(s);
  t.r.add(b);
  t.w.block_on(t.r.start());
  const stop_report report = t.w.block_on(t.r.stop());
  CHECK(report.hung == lines{"b", "stubborn"});
  CHECK(t.log.back() == "down a");
  CHECK(t.told == lines{"b hung in stop", "stubborn hung in stop"});
  CHECK(t.w.elapsed() < 10100ms);
}

TEST_CASE("a stop that throws is reported and stops nobody") {
  stage t;
  actor a = t.make("a"), b = t.make("b");
  b.stop_error = "cannot flush";
  t.r.add(a);
  t.r.add(b);
  t.w.block_on(t.r.start());
  const stop_report report = t.w.block_on(t.r.stop());
  CHECK(report.failed == lines{"b"});
  CHECK(t.log.back() == "down a");
}

TEST_CASE("a critical component's failure is told to the owner") {
  stage t;
  actor a = t.make("a");
  a.run_failures = 1;
  t.r.add(a);
  std::string why;
  t.r.on_critical = [&](const std::string& name, const std::string& error) {
    why = name + ": " + error;
  };
  t.w.block_on(t.r.start());
  t.w.run_for(1s);
  CHECK(why == "a: link lost");
  CHECK(t.r.state("a") == component_state::failed);
  t.w.block_on(t.r.stop());
  CHECK(t.log.back() == "down a");
}

TEST_CASE("another one is restarted with growing pauses, and given up at the policy's end") {
  stage t;
  actor a = t.make("a");
  a.run_failures = 5;
  t.r.add(a,
          {.critical = false, .restart = {.max = 3, .window = 1min, .base = 100ms, .cap = 150ms}});
  t.w.block_on(t.r.start());
  t.w.run_for(10s);
  CHECK(a.starts == 4);
  CHECK(t.told == lines{"a failed in run: link lost", "a again after 100",
                        "a failed in run: link lost", "a again after 150",
                        "a failed in run: link lost", "a again after 150",
                        "a failed in run: link lost", "a given up"});
  t.log.clear();
  t.w.block_on(t.r.stop());
  CHECK(t.log.empty());  // it was stopped before each restart
}

TEST_CASE("failures further apart than the window are each the first") {
  stage t;
  actor a = t.make("a");
  a.run_failures = 5;
  a.run_lasts = 2min;
  t.r.add(a, {.critical = false, .restart = {.max = 1, .window = 1min}});
  t.w.block_on(t.r.start());
  t.w.run_for(1h);
  CHECK(a.starts == 6);
  CHECK(t.r.state("a") == component_state::up);
}

TEST_CASE("a stop in the middle of a restart ends the restart") {
  stage t;
  actor a = t.make("a");
  a.run_failures = 1;
  t.r.add(a, {.critical = false, .restart = {.base = 1h, .cap = 2h}});
  t.w.block_on(t.r.start());
  t.w.run_for(1s);
  const stop_report report = t.w.block_on(t.r.stop());
  CHECK(report.hung.empty());
  CHECK(a.starts == 1);
  t.w.run_for(3h);
  CHECK(a.starts == 1);
}

TEST_CASE("hurry shortens the stop that is under way") {
  stage t;
  actor a = t.make("a"), b = t.make("b");
  a.stop_takes = b.stop_takes = 1h;
  t.r.add(a, {.stop_timeout = 30min});
  t.r.add(b, {.stop_timeout = 30min});
  t.w.block_on(t.r.start());
  t.w.spawn("hurry", [](stage& s) -> task<> {
    co_await sleep_for(s.w.rt(), 1min);
    s.r.hurry(1s);
  }(t));
  t.w.block_on(t.r.stop());
  CHECK(t.w.elapsed() == 62s);
}
