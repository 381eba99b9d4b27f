#include <ensue/conformance/report.hpp>
#include <ensue/event/json_text.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

namespace ensue::conformance {
namespace {

report three() {
  return {
      .transport = "own",
      .cases = {{.name = "a"},
                {.name = "b", .is = outcome::failed, .faults = {"1 of 3 is missing", "\"\x01\xff"}},
                {.name = "c", .is = outcome::skipped, .excuse = "groups is not set"}}};
}

TEST_CASE("conformance report: a line a case, faults below, the sum") {
  CHECK(three().text() ==
        "passed  a\n"
        "failed  b\n"
        "          1 of 3 is missing\n"
        "          \"\x01\xff\n"
        "skipped c: groups is not set\n"
        "own: 1 passed, 1 failed, 1 skipped\n");
  CHECK_FALSE(three().passed());
}

TEST_CASE("conformance report: a run in which nothing ran has not passed") {
  CHECK_FALSE(report{.transport = "own"}.passed());
  CHECK(report{.transport = "own", .cases = {{.name = "a"}}}.passed());
}

TEST_CASE("conformance report: is JSON whatever a fault quotes") {
  const auto read = parse_json(three().json());
  REQUIRE(read.has_value());
  CHECK(read->at("failed") == 1);
  CHECK(read->at("cases").at(1).at("faults").at(0) == "1 of 3 is missing");
  CHECK(read->at("cases").at(2).at("outcome") == "skipped");
}

}  // namespace
}  // namespace ensue::conformance
