#include <ensue/testing/fault_filter.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace ensue::testing;

TEST_CASE("without edits everything may happen, and is noted") {
  sim::world w;
  w.history().keep(10);
  const std::optional<run_edits> none;
  fault_filter filter{w, none};
  CHECK(filter.empty());
  CHECK(filter.admit("grid"));
  CHECK(filter.admit("drop", "a.b", 3));
  CHECK(filter.happened() == std::vector<std::string>{"grid", "drop:a.b#3"});
  CHECK(w.history().entries().back().text.find("drop:a.b#3") != std::string::npos);
}

TEST_CASE("with edits only what they name may happen") {
  sim::world w;
  const std::optional<run_edits> edits{run_edits{.faults = {"drop:a.b#3"}}};
  fault_filter filter{w, edits};
  CHECK_FALSE(filter.admit("grid"));
  CHECK_FALSE(filter.admit("drop", "a.b", 2));
  CHECK(filter.admit("drop", "a.b", 3));
  CHECK(filter.happened() == std::vector<std::string>{"drop:a.b#3"});
}
