#include <ensue/async/sleep.hpp>
#include <ensue/testing/search.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

task<> add(service& s, int& balance) {
  const int before = balance;
  co_await yield(s.rt());
  balance = before + 1;
}

// Two that read, wait and write, unless fixed.
void lost_update(simulation& w) {
  int balance = 0;
  w.client("one", [&](service& s) { return add(s, balance); });
  if (w.planted("fixed")) {
    w.eventually("one was added", 1s, [&] { return balance == 1; });
  } else {
    w.client("two", [&](service& s) { return add(s, balance); });
    w.eventually("both were added", 1s, [&] { return balance == 2; });
  }
  w.run();
}

const scenario race{"race", "a lost update", lost_update, {{"fixed"}}};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a failing seed is found, and its report says all one needs") {
  const search_result found = search_seeds(race, {.seeds = 500});
  REQUIRE(found.failing_seed);
  CHECK(found.broken == "both were added");
  const std::string seed = std::to_string(*found.failing_seed);
  CHECK(has(found.report, "race, seed " + seed + ": eventually \"both were added\" does not hold"));
  CHECK(has(found.report, "faults that happened: "));
  CHECK(has(found.report, "last steps:\n"));
  CHECK(has(found.report, "one: client"));
  CHECK(has(found.report, "again:  ENSUE_SEED=" + seed));
  CHECK_FALSE(has(found.report, "DIFFERENT"));
  const outcome again = run_once(race, {.seed = *found.failing_seed});
  CHECK(again.why);
  CHECK(run_once(race, {.seed = *found.failing_seed}).hash == again.hash);
}

TEST_CASE("a scenario without a fault passes, with progress and counts") {
  int told = 0;
  search_options o{.seeds = 600, .planted = "fixed"};
  o.progress = [&](const search_result&) { ++told; };
  const search_result found = search_seeds(race, o);
  CHECK(found.ok());
  CHECK(found.seeds == 600);
  CHECK(found.steps > 600);
  CHECK(told == 3);
}

TEST_CASE("a scenario that forgets to run is told so, one of a bare world need not") {
  const auto forgets = search_seeds(
      {"forgets", "", [](simulation& w) { w.client("c", [](service&) -> task<> { co_return; }); }},
      {.seeds = 1});
  CHECK(has(forgets.report, "never called run()"));
  CHECK(search_seeds({"bare", "", [](sim::world& w) { w.run(); }}, {.seeds = 3}).ok());
}

TEST_CASE("a test of one's own") {
  const auto found = search_seeds("fine", 20, [](simulation& w) { w.run(); });
  CHECK_MESSAGE(found.ok(), found.report);
  CHECK(found.seeds == 20);
}
