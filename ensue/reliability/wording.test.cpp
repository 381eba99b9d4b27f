#include <ensue/reliability/wording.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("durations are said exactly, in the unit that suits") {
  CHECK(in_words(duration{200ms}) == "200 ms");
  CHECK(in_words(duration{1500ms}) == "1.5 s");
  CHECK(in_words(duration{90s}) == "90 s");
  CHECK(in_words(duration{5min}) == "5 min");
  CHECK(in_words(duration{1}) == "1 ns");
  CHECK(in_words(duration{1'000'001}) == "1.000001 ms");
  CHECK(in_words(duration{-2s}) == "-2 s");
  CHECK(in_words(duration{}) == "0 s");
  CHECK(in_words(duration::max()) == "no limit");
  CHECK(in_words(duration::min()) == "-9223372036.854775808 s");
}

TEST_CASE("numbers are said with as few digits as they need") {
  CHECK(in_words(0.2) == "0.2");
  CHECK(in_words(1.0) == "1");
  CHECK(in_words(std::numeric_limits<double>::quiet_NaN()) == "nan");
}
