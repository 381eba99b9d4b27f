#include "text.hpp"

#include <doctest/doctest.h>

using namespace trading;
using namespace std::chrono_literals;

TEST_CASE("numbers are grouped by thousands") {
  CHECK(grouped(std::int64_t{0}) == "0");
  CHECK(grouped(std::int64_t{999}) == "999");
  CHECK(grouped(std::int64_t{1000}) == "1,000");
  CHECK(grouped(std::int64_t{-1234567}) == "-1,234,567");
  CHECK(grouped(std::int64_t{INT64_MIN}) == "-9,223,372,036,854,775,808");
  CHECK(grouped(1234.5, 2) == "1,234.50");
  CHECK(grouped(-0.001, 2) == "0.00");
  CHECK(grouped(-1234.0, 0) == "-1,234");
}

TEST_CASE("durations in the unit people think in") {
  CHECK(duration_text(812ns) == "812 ns");
  CHECK(duration_text(14'234ns) == "14.2 us");
  CHECK(duration_text(3'100us) == "3.10 ms");
  CHECK(duration_text(38'500ms) == "38.5 s");
  CHECK(duration_text(125s) == "2 min 5 s");
  CHECK(duration_text(2h + 5min) == "2 h 5 min");
}

TEST_CASE("zeros that say nothing are dropped") {
  CHECK(trimmed("61837.63000000") == "61837.63");
  CHECK(trimmed("100.000") == "100");
  CHECK(trimmed("100") == "100");
}

TEST_CASE("colours only where they are wanted") {
  CHECK(paint{}.bold("x") == "x");
  CHECK(paint{true}.bad("x") == "\x1b[31mx\x1b[0m");
}

TEST_CASE("a table is as wide as its cells") {
  table t{1};
  t.add({"a", "1", "22"});
  t.add({"bbb", "333", ""});
  CHECK(t.text("  ") == "  a      1  22\n  bbb  333\n");
}
