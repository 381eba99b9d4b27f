#include <ensue/testing/sim_report.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

TEST_CASE("a search is reported as a line and as JSON") {
  search_result found;
  found.seeds = 2000;
  found.distinct = 1990;
  found.steps = 12;
  found.virtual_time = std::chrono::hours{8766};
  found.sites["store.write"] = {10, 2, 3};
  const sim_report r{"s01", "", found, 100ms};
  CHECK(r.line() == "s01: 2000 seeds, 20000/s, 1990 distinct, 12 steps, 1.0000 virtual years: ok");
  CHECK(r.json() ==
        R"({"scenario":"s01","seeds":2000,"distinct":1990,"steps":12,"virtual_years":1.000021,)"
        R"("seconds":0.100,"seeds_per_second":20000,"sites":{"store.write":{"reached":10,)"
        R"("fired":2,"active_seeds":3}},"failing_seed":null})");
  CHECK(r.sites() == "  fault site store.write: reached 10, fired 2, active in 3 seeds\n");
}

TEST_CASE("a failing seed is named, its report quoted") {
  search_result found;
  found.seeds = 7;
  found.failing_seed = 7;
  found.broken = "once";
  found.report = "a \"b\"\n\\c";
  const sim_report r{"s01", "racy", found, 0ms};
  CHECK(r.line().ends_with(": found at seed 7"));
  CHECK(r.line().starts_with("s01 with racy: 7 seeds"));
  CHECK(r.json().ends_with(R"("failing_seed":7,"broken":"once","report":"a \"b\"\n\\c"})"));
}
