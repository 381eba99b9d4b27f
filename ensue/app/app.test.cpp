#include <ensue/app/app.hpp>
#include <ensue/app/digest.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <tests/temporary_folder.hpp>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int id = 0;
};

struct shop {
  std::string name = "shop";
  runtime& rt;
  duration start_takes{};
  bool fails = false;
  std::vector<std::string> log{};

  task<> start() {
    co_await sleep_for(rt, start_takes);
    log.push_back("up");
  }
  task<> run() {
    co_await sleep_for(rt, 1min);
    if (fails) throw std::runtime_error{"till is empty"};
  }
  void stop() { log.push_back("down"); }
};

const app_options bare{.environment = config::environment{}};

exit_code serve(sim::world& w, app& a) { return w.block_on(a.serve()); }

task<> stop_after(app& a, duration d) {
  co_await sleep_for(a.rt(), d);
  a.stop("test is over");
}

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an app serves until it is asked to stop, drains, and says so") {
  sim::world w;
  app a{w.rt(), "test", bare};
  int handled = 0;
  a.on<order>([&](const order&) { ++handled; });
  shop s{.rt = w.rt()};
  a.add(s);
  w.spawn("stop", stop_after(a, 1h));
  w.spawn("orders", [](app& to) -> task<> {
    for (int i = 0; i < 10; ++i) co_await to.bus().post<order>(i);
  }(a));
  CHECK(serve(w, a) == exit_code::drained);
  CHECK(handled == 10);
  CHECK(s.log == lines{"up", "down"});
  CHECK(a.report().reason == "test is over");
  CHECK(a.bus().total().balanced());
}

TEST_CASE("a stop before the start still handles what was accepted") {
  sim::world w;
  app a{w.rt(), "test", bare};
  int handled = 0;
  a.on<order>([&](const order&) { ++handled; });
  CHECK_FALSE(a.bus().try_post<order>(1));
  a.stop("at once");
  CHECK(serve(w, a) == exit_code::drained);
  CHECK(handled == 1);
}

TEST_CASE("a stop in the middle of the start ends it") {
  sim::world w;
  app a{w.rt(), "test", bare};
  shop s{.rt = w.rt(), .start_takes = 30s};
  a.add(s);
  w.spawn("stop", stop_after(a, 1s));
  CHECK(serve(w, a) == exit_code::drained);
  CHECK(s.log.empty());
  CHECK(w.elapsed() < 2s);
}

TEST_CASE("a critical component's failure ends the service in order, with a code of its own") {
  sim::world w;
  app a{w.rt(), "test", bare};
  shop s{.rt = w.rt(), .fails = true}, t{.name = "other", .rt = w.rt()};
  a.add(s);
  a.add(t);
  CHECK(serve(w, a) == exit_code::component_failed);
  CHECK(a.report().reason == "component \"shop\" failed: till is empty");
  CHECK(t.log.back() == "down");
}

TEST_CASE("a wrong configuration starts nothing and names everything that is wrong") {
  const temporary_file f{
      "[bus]\ndepth_max = 0\ncapcity = 9\n[subscriptions.mail]\ncapacty = 2\noverflow = \"lose\"\n"
      "[components.shop]\nstop_timeout = 5\n[kill_switch]\nauthority_sha256 = \"secret\"\n"};
  sim::world w;
  app a{w.rt(), "test", {.config_file = f.path(), .environment = config::environment{}}};
  a.on<order>([](const order&) {}, {.name = "mail"});
  shop s{.rt = w.rt()};
  a.add(s);
  CHECK(serve(w, a) == exit_code::start_failed);
  CHECK(s.log.empty());
  const std::string at = f.path();
  CHECK(a.start_problems() ==
        lines{at + ":2: bus.depth_max: expected a whole number from 1 to 10000, got 0",
              at + ":10: kill_switch.authority_sha256: expected 64 lower-case hexadecimal digits: "
                   "the SHA-256 of the token",
              at + ":5: subscriptions.mail.capacty: unknown key; did you mean \"capacity\"?",
              at + ":6: subscriptions.mail.overflow: expected one of wait reject drop_oldest "
                   "drop_newest latest_per_key, got \"lose\"",
              at + ":8: components.shop.stop_timeout: expected a duration like \"200ms\" (units ns "
                   "us ms s min h), got 5",
              at + ":3: bus.capcity: unknown key; did you mean \"bus.capacity\"?"});
}

TEST_CASE("an unreadable kill switch starts nothing") {
  sim::world w;
  app a{w.rt(),
        "test",
        {.environment = config::environment{{"ENSUE_KILL_SWITCH_FILE", "/no/such/folder/kill"}}}};
  CHECK(serve(w, a) == exit_code::start_failed);
  REQUIRE(a.start_problems().size() == 1);
  CHECK(a.start_problems()[0].starts_with("kill switch: /no/such/folder/kill: No such file"));
}

TEST_CASE("the service tells when it is up; its events pass the kill switch") {
  sim::world w;
  app a{w.rt(), "test", bare};
  lines told;
  a.on<service_started>([&](const service_started& e) { told.push_back(e.app); });
  a.on<stopped>([&](const stopped&) { told.push_back("stopped"); });
  CHECK(a.kill_switch().trigger("drill"));
  w.spawn("stop", stop_after(a, 1s));
  CHECK(serve(w, a) == exit_code::drained);
  CHECK(told == lines{"test", "stopped"});
}

TEST_CASE("whatever moment the stop comes at, the end comes within the bound") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::world w{sim::options::swarm(seed)};
    app a{w.rt(), "test", bare};
    a.on<order>(
        [](const order& o, context& c) -> task<> {
          work_list never_woken;
          co_await sleep_for(c.rt(), 1s);
          if (o.id % 7 == 3) co_await wait_through(never_woken, c.rt(), "nothing");
        },
        {.capacity = 4, .concurrency = 2});
    shop s{.rt = w.rt(), .start_takes = 100ms};
    a.add(s);
    w.spawn_background("orders", [](app& to) -> task<> {
      for (int i = 0; i < 100; ++i) co_await to.bus().post<order>(i);
    }(a));
    const duration when{w.random("stop").below(5'000'000'000)};
    w.spawn("stop", stop_after(a, when));
    (void)serve(w, a);
    CHECK(w.elapsed() < when + limits::drain + 2 * limits::component_stop + 1s);
    CHECK(a.bus().total().balanced());
  }
}

TEST_CASE("a service whose configuration is wrong handles nothing of what was posted before") {
  app_options o{.environment = config::environment{{"ENSUE_BUS_DEPTH_MAX", "deep"}}};
  o.signals = false;
  app a{"test", std::move(o)};
  int handled = 0;
  a.on<order>([&](const order&) -> task<> {
    ++handled;
    co_return;
  });
  a.on<order>([&](const order&) { ++handled; }, {.retry = {.attempts = 2}});
  CHECK_FALSE(a.bus().try_post<order>(1));
  CHECK(a.run() == static_cast<int>(exit_code::start_failed));
  CHECK(handled == 0);
}
