// The scenario of tests/sim/s08_schedules.cpp, and that its planted bugs are found.
#include <ensue/sim/explore.hpp>

#include <doctest/doctest.h>

#include <string>
#include <tests/sim/s08_schedules.hpp>

using namespace ensue;

TEST_CASE("S-08: a virtual year of a fixed rate holds") {
  const auto found = sim::explore({.seeds = 20}, [](sim::world& w) { scenarios::run_s08(w, ""); });
  CHECK_MESSAGE(!found.failing_seed, found.report);
}

TEST_CASE("S-08: the search finds each planted bug") {
  for (const char* bug : {"drift", "greedy", "wall"}) {
    const auto found =
        sim::explore({.seeds = 200}, [bug](sim::world& w) { scenarios::run_s08(w, bug); });
    CAPTURE(std::string{bug});
    REQUIRE(found.failing_seed);
    MESSAGE(std::string{bug}, " fell at seed ", *found.failing_seed);
  }
}
