#include <ensue/async/sleep.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

task<int> yield_and_return(runtime& rt, int value) {
  co_await yield(rt);
  co_return value;
}

task<> fail_with(runtime& rt, const char* text) {
  co_await yield(rt);
  throw std::runtime_error{text};
}

task<> wait_for(runtime& rt, work_list& list, const char* what) {
  co_await wait_in(list, rt, what);
}

// A timer that notes when it fires.
class alarm_clock : public timer_entry {
 public:
  alarm_clock(runtime& rt, std::vector<duration>& out, sim::world& w)
      : timer_entry{&alarm_clock::ring}, rt_{rt}, out_{out}, w_{w} {}
  void in(duration d) { rt_.arm(*this, rt_.now() + d); }

 private:
  static void ring(work& w) {
    auto& self = static_cast<alarm_clock&>(w);
    self.out_.push_back(self.w_.elapsed());
  }
  runtime& rt_;
  std::vector<duration>& out_;
  sim::world& w_;
};

}  // namespace

TEST_CASE("block_on returns the result") {
  sim::world w{3};
  CHECK(w.block_on(yield_and_return(w.rt(), 42)) == 42);
}

TEST_CASE("block_on throws what the task threw") {
  sim::world w;
  CHECK_THROWS_WITH(w.block_on(fail_with(w.rt(), "no stock")), "no stock");
}

TEST_CASE("what a spawned task throws ends the run") {
  sim::world w;
  w.spawn("seller", fail_with(w.rt(), "no stock"));
  CHECK_THROWS_WITH(w.run(), "no stock");
}

TEST_CASE("time jumps to the next timer") {
  sim::world w;
  std::vector<duration> fired;
  alarm_clock late{w.rt(), fired, w}, early{w.rt(), fired, w}, past{w.rt(), fired, w};
  late.in(24h);
  early.in(2ms);
  past.in(-1s);
  w.run();
  CHECK(fired == std::vector<duration>{0ms, 2ms, 24h});
  CHECK(w.elapsed() == 24h);
}

TEST_CASE("timers on a grid fire late, never early") {
  sim::options o;
  o.timer_grid = 10ms;
  sim::world w{o};
  std::vector<duration> fired;
  alarm_clock a{w.rt(), fired, w}, b{w.rt(), fired, w};
  a.in(1ms);
  b.in(10ms);
  w.run();
  CHECK(fired == std::vector<duration>{10ms, 10ms});
}

TEST_CASE("run_for runs what is due within and no more") {
  sim::world w;
  std::vector<duration> fired;
  alarm_clock a{w.rt(), fired, w}, b{w.rt(), fired, w};
  a.in(1s);
  b.in(3s);
  w.run_for(2s);
  CHECK(fired == std::vector<duration>{1s});
  CHECK(w.elapsed() == 2s);
}

TEST_CASE("run_until stops as soon as the condition holds, or when its time is over") {
  sim::world w;
  std::vector<duration> fired;
  alarm_clock a{w.rt(), fired, w}, b{w.rt(), fired, w};
  a.in(1s);
  b.in(2s);
  CHECK(w.run_until([&] { return fired.size() == 1; }));
  CHECK(w.elapsed() == 1s);
  CHECK_FALSE(w.run_until([&] { return fired.size() == 2; }, 500ms));
}

TEST_CASE("a task that waits for what nobody gives is a deadlock, reported by name") {
  sim::world w;
  work_list stock;
  w.spawn("buyer", wait_for(w.rt(), stock, "stock lock"));
  std::string report;
  try {
    w.run();
  } catch (const sim::failure& f) {
    report = f.what();
  }
  CHECK(report.find("deadlock") != std::string::npos);
  CHECK(report.find("\"buyer\"") != std::string::npos);
  CHECK(report.find("stock lock") != std::string::npos);
}

TEST_CASE("a background task may wait for ever") {
  sim::world w;
  work_list orders;
  w.spawn_background("worker", wait_for(w.rt(), orders, "orders"));
  w.run();
  CHECK(orders.size() == 1);
}

TEST_CASE("the same seed gives the same run, another seed another one") {
  const auto run = [](std::uint64_t seed) {
    sim::world w{seed};
    for (int i = 0; i < 8; ++i)
      w.spawn_background("t", [](runtime& rt) -> task<> {
        for (int k = 0; k < 5; ++k) co_await yield(rt);
      }(w.rt()));
    w.run();
    return w.hash();
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
}

TEST_CASE("the turn's time is the world's, inside steps and between them") {
  sim::world w;
  CHECK(w.rt().turn_time() == w.now());
  w.run_for(6s);
  CHECK(w.rt().turn_time() == w.now());
  w.block_on([](sim::world& in) -> task<> {
    co_await sleep_for(in.rt(), 5ms);
    CHECK(in.rt().turn_time() == in.now());
  }(w));
}
