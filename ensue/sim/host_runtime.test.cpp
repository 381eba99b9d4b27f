#include <ensue/sim/host_runtime.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

class counting_job : public offload_job {
 public:
  explicit counting_job(std::vector<std::string>& log) : log_{log} {}
  void run() noexcept override { log_.push_back("run"); }
  void done() noexcept override { log_.push_back("done"); }

 private:
  std::vector<std::string>& log_;
};

// An inbox of which producers find the loop asleep.
class inbox : public poller {
 public:
  bool poll() override {
    ++polls;
    return std::exchange(arrived, 0) > 0;
  }
  void announce_sleep(bool a) noexcept override { asleep = a; }
  int arrived = 0;
  int polls = 0;
  bool asleep = false;
};

}  // namespace

TEST_CASE("an offloaded job runs later, then its completion in a step of its own") {
  std::set<duration> ends;
  for (std::uint64_t seed = 1; seed < 10; ++seed) {
    sim::world w{seed};
    std::vector<std::string> log;
    std::unique_ptr<offload_job> job = std::make_unique<counting_job>(log);
    REQUIRE(w.rt().offload(job));
    CHECK(log.empty());
    w.run();
    CHECK(log == std::vector<std::string>{"run", "done"});
    CHECK(w.steps() == 2);
    CHECK(w.elapsed() <= w.setting().offload_max);
    ends.insert(w.elapsed());
  }
  CHECK(ends.size() > 5);
}

TEST_CASE("a full pool refuses the job and leaves it alone") {
  sim::options o;
  o.offload_outstanding_max = 1;
  sim::world w{o};
  std::vector<std::string> log;
  std::unique_ptr<offload_job> first = std::make_unique<counting_job>(log);
  std::unique_ptr<offload_job> second = std::make_unique<counting_job>(log);
  CHECK(w.rt().offload(first));
  CHECK_FALSE(w.rt().offload(second));
  CHECK(second);
  w.run();
  CHECK(w.rt().offload(second));
  w.run();
  CHECK(log.size() == 4);
}

TEST_CASE("an offloaded job that never ran is destroyed with the world") {
  std::vector<std::string> log;
  {
    sim::world w;
    std::unique_ptr<offload_job> job = std::make_unique<counting_job>(log);
    CHECK(w.rt().offload(job));
  }
  CHECK(log.empty());
}

TEST_CASE("functions handed in keep their order and take time") {
  sim::world w{5};
  std::vector<int> ran;
  for (int i = 0; i < 5; ++i) w.rt().run_on_loop([&ran, i] { ran.push_back(i); });
  CHECK(ran.empty());
  w.run();
  CHECK(ran == std::vector<int>{0, 1, 2, 3, 4});
  CHECK(w.elapsed() <= w.setting().handover_max);
}

TEST_CASE("a woken loop looks at its pollers until they are dry, and sleeps again") {
  sim::world w;
  inbox in;
  w.rt().add_poller(in);
  CHECK(in.asleep);
  w.run();
  const int at_rest = in.polls;
  in.arrived = 3;
  w.run();
  CHECK(in.polls == at_rest);  // asleep: nobody looks before wake
  w.rt().wake();
  w.rt().wake();
  w.run();
  CHECK(in.arrived == 0);
  CHECK(in.polls > at_rest);
  CHECK(in.asleep);
  w.rt().remove_poller(in);
}

TEST_CASE("the calendar runs with virtual time and may jump without moving timers") {
  sim::world w;
  const wall_time begin = w.rt().wall_now();
  w.run_for(10s);
  CHECK(w.rt().wall_now() == begin + 10s);
  const time_point before = w.now();
  w.host("main").jump_wall_clock(-1h);
  CHECK(w.rt().wall_now() == begin + 10s - 1h);
  CHECK(w.now() == before);
  const uuid id = w.rt().new_id();
  w.host("main").jump_wall_clock(-1h);
  CHECK(id < w.rt().new_id());
}

TEST_CASE("ids and random numbers come from the seed") {
  sim::world a{1}, b{1}, c{2};
  CHECK(a.rt().new_id() == b.rt().new_id());
  CHECK(a.rt().new_id() != c.rt().new_id());
  CHECK(a.rt().random("x").next() == b.rt().random("x").next());
  CHECK(a.host("other").rt().random("x").next() != a.rt().random("x").next());
}
