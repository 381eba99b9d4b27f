#include <ensue/async/wait.hpp>
#include <ensue/sim/explore.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

using namespace ensue;

namespace {

task<> yield_often(runtime& rt) {
  for (int i = 0; i < 10; ++i) co_await yield(rt);
}

void three_tasks(sim::world& w) {
  for (int i = 0; i < 3; ++i) w.spawn("t", yield_often(w.rt()));
  w.run();
}

void fail_at_seed_5(sim::world& w) {
  three_tasks(w);
  w.note("sold", 3);
  w.require(w.setting().seed != 5, "stock is -1");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class environment {
 public:
  environment(const char* name, const char* value) : name_{name} { setenv(name, value, 1); }
  ~environment() { unsetenv(name_); }

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("runs as many seeds as asked, each another run") {
  const sim::findings found = sim::for_each_seed(200, three_tasks);
  CHECK(found.seeds == 200);
  CHECK(found.distinct == 200);
  CHECK(found.steps >= 200 * 33);
  CHECK_FALSE(found.failing_seed);
}

TEST_CASE("identical runs are counted once") {
  sim::sweep s;
  s.seeds = 10;
  s.swarm = false;
  s.order = sim::order::fifo;
  CHECK(sim::explore(s, three_tasks).distinct == 1);
}

TEST_CASE("stops at the first failing seed and says all about it") {
  const sim::findings found = sim::explore(sim::sweep{}, fail_at_seed_5);
  CHECK(found.failing_seed == 5);
  CHECK(found.seeds == 5);
  CHECK(has(found.report, "seed 5 failed: stock is -1"));
  CHECK(has(found.report, sim::options::swarm(5).text()));
  CHECK(has(found.report, "main: t\n"));
  CHECK(has(found.report, "note: sold 3"));
  CHECK(has(found.report, "replay: ENSUE_SEED=5 "));
  CHECK_FALSE(has(found.report, "SECOND RUN"));
  CHECK_THROWS_AS(sim::for_each_seed(10, fail_at_seed_5), sim::failure);
  CHECK(sim::for_each_seed(4, fail_at_seed_5).seeds == 4);
}

TEST_CASE("what a scenario throws is a failure, whatever it is") {
  CHECK(has(sim::explore(sim::sweep{}, [](sim::world&) { throw 7; }).report, "unknown type"));
  CHECK(has(sim::explore(sim::sweep{}, [](sim::world&) { throw std::runtime_error{"oh"}; }).report,
            "seed 1 failed: oh"));
}

TEST_CASE("a failure that does not repeat is said to be one") {
  int calls = 0;
  const auto found =
      sim::explore(sim::sweep{}, [&](sim::world& w) { w.require(++calls > 1, "x"); });
  CHECK(has(found.report, "SECOND RUN OF THIS SEED WAS DIFFERENT"));
}

TEST_CASE("the environment chooses seeds") {
  {
    const environment replay{"ENSUE_SEED", "5"};
    const sim::findings found = sim::explore(sim::sweep{}, fail_at_seed_5);
    CHECK(found.failing_seed == 5);
    CHECK(found.seeds == 1);
  }
  {
    const environment many{"ENSUE_SEEDS", "3"};
    CHECK(sim::explore(sim::sweep{}, fail_at_seed_5).seeds == 3);
  }
  const environment wrong{"ENSUE_SEED", "5x"};
  CHECK_THROWS_WITH(sim::explore(sim::sweep{}, fail_at_seed_5),
                    "ENSUE_SEED=5x: expected a whole number");
}
