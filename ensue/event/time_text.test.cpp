#include <ensue/base/random.hpp>
#include <ensue/event/time_text.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace ensue;
using namespace std::chrono_literals;

namespace {
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
std::int64_t nanos_of(std::string_view text) {
  return parse_time(text).value().time_since_epoch().count();
}
}  // namespace

TEST_CASE("a time is written with as many digits as it needs") {
  CHECK(time_text(wall_time{0s}) == "1970-01-01T00:00:00Z");
  CHECK(time_text(wall_time{1723075200s + 250ms}) == "2024-08-08T00:00:00.25Z");
  CHECK(time_text(wall_time{1ns}) == "1970-01-01T00:00:00.000000001Z");
  CHECK(time_text(wall_time{-1ns}) == "1969-12-31T23:59:59.999999999Z");
}

TEST_CASE("a time is read with any offset") {
  CHECK(nanos_of("1970-01-01T00:00:01Z") == 1'000'000'000);
  CHECK(nanos_of("1970-01-01t02:00:00.5+02:00") == 500'000'000);
  CHECK(nanos_of("1969-12-31T22:30:00-01:30") == 0);
  CHECK(nanos_of("2024-02-29T00:00:00z") == 1'709'164'800'000'000'000);
}

TEST_CASE("what is no time is refused") {
  for (const char* bad :
       {"", "2024-08-08", "2024-08-08T00:00:00", "2024-08-08 00:00:00Z", "2024-8-08T00:00:00Z",
        "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-08-08T24:00:00Z",
        "2024-08-08T00:60:00Z", "2024-08-08T23:59:60Z", "2024-08-08T00:00:00.Z",
        "2024-08-08T00:00:00.0123456789Z", "2024-08-08T00:00:00+2:00", "2024-08-08T00:00:00+24:00",
        "2024-08-08T00:00:00Zx", "2263-01-01T00:00:00Z", "1600-01-01T00:00:00Z"})
    CHECK_MESSAGE(parse_time(bad).has_error(), bad);
}

TEST_CASE("property: any time and any duration come back as they were") {
  random_stream random{3};
  for (int i = 0; i < 2000; ++i) {
    const auto n = static_cast<std::int64_t>(random.next() >> random.below(64));
    const wall_time time{std::chrono::nanoseconds{random.chance(500) ? n : -n}};
    REQUIRE(parse_time(time_text(time)).value() == time);
    for (const std::int64_t unit :
         {std::int64_t{1}, std::int64_t{1'000'000}, std::int64_t{3'600'000'000'000}})
      REQUIRE(parse_duration(duration_text(-n, unit), unit).value() == -n);
  }
  for (const std::int64_t edge : {least, most}) {
    const wall_time time{std::chrono::nanoseconds{edge}};
    CHECK(parse_time(time_text(time)).value() == time);
    CHECK(parse_duration(duration_text(edge, 1), 1).value() == edge);
  }
}

TEST_CASE("durations are written in seconds and read in any fixed unit") {
  CHECK(duration_text(1500, 1'000'000) == "PT1.5S");
  CHECK(duration_text(-90, 1'000'000'000) == "-PT90S");
  CHECK(duration_text(0, 1) == "PT0S");
  CHECK(parse_duration("P1DT2H3M4.5S", 1'000'000).value() == 93'784'500);
  CHECK(parse_duration("P2W", 1'000'000'000).value() == 1'209'600);
  CHECK(parse_duration("PT36H", 3'600'000'000'000).value() == 36);
}

TEST_CASE("a duration that is malformed, inexact or too big is refused") {
  for (const char* bad :
       {"", "P", "PT", "P1", "1S", "PT1", "P1Y", "P1M", "PT1.5M", "PT1S1M", "PT1S1S", "P1DT",
        "PT.5S", "PT1.S", "PT1D", "P1H", "PT-1S", "PT1.0123456789S"})
    CHECK_MESSAGE(parse_duration(bad, 1).has_error(), bad);
  CHECK(parse_duration("PT1.5S", 1'000'000'000).has_error());
  CHECK(parse_duration("PT9223372036854775807S", 1).has_error());
  CHECK(parse_duration("PT9223372036854775807S", 1'000'000'000).value() == most);
}
