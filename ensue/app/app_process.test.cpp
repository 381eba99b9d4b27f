// The app as a real process: signals, exit codes, crashes. Nothing sleeps: the parent waits on
// pipes.
#include <ensue/app/app.hpp>
#include <ensue/app/digest.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/wait_or_throw.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <tests/temporary_folder.hpp>
#include <tests/testing_process.hpp>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int id = 0;
};

app_options quick() {
  return {.environment = config::environment{},
          .shutdown = {.intake = 200ms, .drain = 500ms, .forced = 100ms}};
}

// Posts as fast as the bus takes it, until its intake is stopped.
struct feed {
  static constexpr std::string_view name = "feed";
  bus& b;
  int ready;
  bool open = true;
  int posted = 0;
  void start() {}
  void stop() {}
  void stop_intake() { open = false; }
  task<> run() {
    while (open) {
      co_await b.post<order>(posted++);
      if (posted == 1000) say(ready, "busy");
    }
  }
};

int busy_service(int ready) {
  app a{"test", quick()};
  feed f{a.bus(), ready};
  int handled = 0;
  a.on<order>([&](const order&) -> task<> {
    co_await yield(a.rt());
    ++handled;
  });
  a.add(f);
  const int code = a.run();
  say(ready, handled == f.posted ? "all handled" : "events lost");
  return code;
}

task<> hang(const order&, context& c) {
  work_list never_woken;
  co_await wait_through(never_woken, c.rt(), "nothing");
}

}  // namespace

TEST_CASE("SIGTERM under load drains what was accepted and exits with 0") {
  testing_process p{busy_service};
  p.expect("busy");
  p.kill(SIGTERM);
  p.expect("all handled");
  CHECK(p.wait() == 0);
}

TEST_CASE("an event that is left at the deadline makes the exit code 11") {
  testing_process p{[](int ready) {
    app a{"test", quick()};
    a.on<order>(hang);
    a.on<service_started>([&](const service_started&) { say(ready, "up"); });
    (void)a.bus().try_post<order>(1);
    return a.run();
  }};
  p.expect("up");
  p.kill(SIGINT);
  CHECK(p.wait() == 11);
}

TEST_CASE("a second signal ends a drain at once") {
  testing_process p{[](int ready) {
    app_options o = quick();
    o.shutdown.drain = 1h;
    app a{"test", o};
    a.on<order>(hang);
    a.on<service_started>([&](const service_started&) { say(ready, "up"); });
    a.on<draining>([&](const draining&) { say(ready, "draining"); });
    (void)a.bus().try_post<order>(1);
    return a.run();
  }};
  p.expect("up");
  p.kill(SIGTERM);
  p.expect("draining");
  p.kill(SIGTERM);
  CHECK(p.wait() == 11);
}

TEST_CASE("a handler that holds the loop for ever does not hold the process" *
          doctest::skip(signals_wait_for_calls)) {
  testing_process p{[](int ready) {
    app a{"test", quick()};
    a.on<order>([&](const order&) {
      say(ready, "held");
      for (volatile bool held = true; held;) continue;
    });
    (void)a.bus().try_post<order>(1);
    return a.run();
  }};
  p.expect("held");
  p.kill(SIGTERM);
  p.kill(SIGINT);  // of another number: two equal ones may be merged into one
  CHECK(p.wait() == 11);
}

TEST_CASE("start failure and component failure have codes of their own") {
  testing_process bad_config{[](int) {
    app_options o = quick();
    o.environment = config::environment{{"ENSUE_SHUTDOWN_DRAIN", "long"}};
    app a{"test", o};
    return a.run();
  }};
  CHECK(bad_config.wait() == 10);
  testing_process failing{[](int) {
    struct faulty {
      std::string name = "faulty";
      void start() {}
      void stop() {}
      task<> run() {
        throw 42;
        co_return;
      }
    } f;
    app a{"test", quick()};
    a.add(f);
    return a.run();
  }};
  CHECK(failing.wait() == 12);
}

TEST_CASE("the parent's end stops the service in order") {
  testing_process p{[](int ready) {
    app_options o = quick();
    o.parent = parent_death::stdin_eof;
    app a{"test", o};
    a.on<service_started>([&](const service_started&) { say(ready, "up"); });
    const int code = a.run();
    return a.report().reason == "the parent has ended" ? code : 50;
  }};
  p.expect("up");
  p.close_input();
  CHECK(p.wait() == 0);
}

TEST_CASE("a kill switch survives kill -9") {
  const temporary_folder folder;
  const auto service = [&](int ready) {
    app_options o = quick();
    o.kill_switch = {.file = folder.file("kill"), .authority_sha256 = sha256_hex("token")};
    app a{"test", o};
    a.on<service_started>([&](const service_started&) {
      if (a.kill_switch().active()) {
        say(ready, a.kill_switch().brakes()[0].reason);
        say(ready, a.kill_switch().reset("token") ? "reset" : "refused");
        a.stop("done");
      } else {
        a.kill_switch().trigger("loss limit");
        say(ready, "triggered");
      }
    });
    return a.run();
  };
  testing_process first{service};
  first.expect("triggered");
  first.kill(SIGKILL);
  CHECK(first.wait() == -SIGKILL);
  testing_process second{service};
  second.expect("loss limit");
  second.expect("reset");
  CHECK(second.wait() == 0);
  testing_process third{service};
  third.expect("triggered");
}

TEST_CASE("an idle service uses no processor time") {
  testing_process p{[](int ready) {
    app a{"test", quick()};
    a.on<service_started>([&](const service_started&) { say(ready, "up"); });
    return a.run();
  }};
  p.expect("up");
  // Something else has to take the time: a second service that ends by its own clock.
  testing_process clock{[](int) {
    app a{"test", quick()};
    struct one_second {
      std::string name = "one second";
      app& of;
      void start() {}
      void stop() {}
      task<> run() {
        co_await ensue::sleep_for(of.rt(), 1s);
        of.stop("time is up");
      }
    } c{.of = a};
    a.add(c);
    return a.run();
  }};
  CHECK(clock.wait() == 0);
  p.kill(SIGTERM);
  CHECK(p.wait() == 0);
  CHECK(p.used_ms() < 500);   // what start and stop cost under a sanitizer; polling would show
  CHECK(p.switches() < 100);  // how often it went to sleep: a loop that polls does each turn
}
