#include <ensue/async/wait.hpp>
#include <ensue/sim/determinism.hpp>
#include <ensue/sim/host.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

using log_lines = std::vector<std::string>;
using channel = boost::asio::experimental::channel<void(error_code)>;

struct says_goodbye {
  log_lines& log;
  std::string name;
  ~says_goodbye() { log.push_back(name); }
};

task<> wait_for_ever(runtime& rt, work_list& list, log_lines& log, std::string name) {
  const says_goodbye end{log, std::move(name)};
  co_await wait_in(list, rt, "nothing");
}

task<> receive_for_ever(channel& in, log_lines& log) {
  const says_goodbye end{log, "receiver"};
  co_await in.async_receive(boost::asio::use_awaitable);
}

task<> count_steps(runtime& rt, int& steps) {
  for (;;) {
    ++steps;
    co_await yield(rt);
  }
}

// Crashes its own host in the middle of a step and goes on to the end of it.
task<> crash_self(sim::host& h, runtime& rt, log_lines& log) {
  const says_goodbye end{log, "frame"};
  int unused = 0;
  co_await yield(rt);
  h.crash();
  log.push_back(h.up() ? "up" : "down");
  boost::asio::co_spawn(rt.executor(), count_steps(rt, unused), [](std::exception_ptr) {});
  co_await yield(rt);
  log.push_back("never");
}

class one_shot : public timer_entry {
 public:
  explicit one_shot(int& fired)
      : timer_entry{[](work& w) { ++static_cast<one_shot&>(w).fired_; }}, fired_{fired} {}

 private:
  int& fired_;
};

}  // namespace

TEST_CASE("boot runs for every life, each with its own ids and random numbers") {
  sim::world w;
  std::vector<std::uint64_t> draws;
  sim::host& pay = w.host("pay", [&](sim::host& h) { draws.push_back(h.rt().random("x").next()); });
  CHECK(pay.lives() == 1);
  pay.crash();
  CHECK_FALSE(pay.up());
  pay.restart();
  pay.restart();
  CHECK(pay.up());
  CHECK(pay.lives() == 2);
  REQUIRE(draws.size() == 2);
  CHECK(draws[0] != draws[1]);
  CHECK(&w.host("pay") == &pay);
}

TEST_CASE("a crash destroys the host's coroutines, then what it kept, and no one else's") {
  work_list list, other;
  log_lines log;
  sim::world w;
  sim::host& pay = w.host("pay");
  pay.keep(std::make_shared<says_goodbye>(says_goodbye{log, "state"}));
  log.clear();
  pay.spawn("a", wait_for_ever(pay.rt(), list, log, "a"));
  pay.spawn("b", wait_for_ever(pay.rt(), list, log, "b"));
  w.spawn_background("c", wait_for_ever(w.rt(), other, log, "c"));
  w.run_for(1s);
  pay.crash();
  CHECK(log == log_lines{"a", "b", "state"});
  CHECK(list.empty());
  CHECK(other.size() == 1);
  w.run();  // a and b must not be missed
}

TEST_CASE("a host may crash itself in the middle of a step") {
  log_lines log;
  sim::world w;
  sim::host& pay = w.host("pay");
  pay.spawn("suicidal", crash_self(pay, pay.rt(), log));
  w.run();
  CHECK(log == log_lines{"down", "frame"});
}

TEST_CASE("nothing of a dead host happens any more: steps, timers, functions, wakes") {
  int steps = 0, fired = 0;
  sim::world w;
  sim::host& pay = w.host("pay");
  runtime& old = pay.rt();
  one_shot armed{fired}, late{fired};
  pay.spawn_background("counter", count_steps(old, steps));
  old.arm(armed, w.now() + 1s);
  old.run_on_loop([&] { ++fired; });
  CHECK(w.run_until([&] { return steps == 3; }));
  pay.crash();
  old.arm(late, w.now());
  old.run_on_loop([&] { ++fired; });
  old.wake();
  boost::asio::co_spawn(old.executor(), count_steps(old, steps), [](std::exception_ptr) {});
  std::unique_ptr<offload_job> none;
  CHECK_FALSE(old.offload(none));
  w.run();
  CHECK(steps == 3);
  CHECK(fired == 0);
}

TEST_CASE("a coroutine suspended in an Asio object of a dead host is destroyed with the world") {
  log_lines log;
  {
    sim::world w;
    sim::host& pay = w.host("pay");
    const auto c = std::make_shared<channel>(pay.rt().executor(), 0);
    pay.keep(c);
    pay.spawn("receiver", receive_for_ever(*c, log));
    w.run_for(1s);
    pay.crash();
  }
  CHECK(log == log_lines{"receiver"});
}

TEST_CASE("crashes and restarts are part of the run and the same both times") {
  const auto d = sim::check_determinism(3, [](sim::world& w) {
    int steps = 0;
    sim::host& pay = w.host(
        "pay", [&](sim::host& h) { h.spawn_background("counter", count_steps(h.rt(), steps)); });
    for (int i = 0; i < 20; ++i) {
      CHECK(w.run_until([&] { return steps >= 10 * (i + 1); }));
      pay.crash();
      w.run_for(1s);
      pay.restart();
    }
    pay.crash();
    w.run();
    w.note("steps", static_cast<std::uint64_t>(steps));
  });
  CHECK(d.same);
  CHECK_MESSAGE(d.report.empty(), d.report);
}

TEST_CASE("a paused host stands still, its timers fire late, and others go on") {
  sim::world w;
  sim::host& slow = w.host("slow");
  sim::host& other = w.host("other");
  duration slow_at{}, other_at{};
  slow.call_at(w.now() + 1ms, 0, [&] { slow_at = w.elapsed(); });
  other.call_at(w.now() + 1ms, 0, [&] { other_at = w.elapsed(); });
  slow.pause(5ms);
  w.run();
  CHECK(slow_at == 5ms);
  CHECK(other_at == 1ms);
  slow.pause(1h);
  slow.call_at(w.now(), 0, [&] { slow_at = w.elapsed(); });
  w.run_for(1ms);
  CHECK(slow_at == 5ms);
  slow.pause(0ms);
  w.run();
  CHECK(slow_at == 6ms);
}

TEST_CASE("calls of one strand keep their order at equal times, and die with their life") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::world w{seed};
    sim::host& h = w.host("h");
    std::string order;
    for (const char c : {'a', 'b', 'c', 'd'})
      h.call_at(w.now() + 1ms, 9, [&order, c] { order += c; });
    h.call_at(w.now() + 3ms, 9, [&order] { order += '!'; });
    w.run_for(2ms);
    h.crash();
    h.restart();
    w.run();
    CHECK(order == "abcd");
  }
}

TEST_CASE("what is asked after each step is asked after each step, and may end the run") {
  sim::world w;
  std::uint64_t asked = 0;
  w.after_each_step([&] { ++asked; });
  int steps = 0;
  w.spawn_background("count", count_steps(w.rt(), steps));
  CHECK(w.run_until([&] { return steps == 5; }));
  CHECK(asked == w.steps());
  w.after_each_step([&] { w.require(steps < 9, "nine"); });
  CHECK_THROWS_AS(w.run(), sim::failure);
  CHECK(steps == 9);
}
