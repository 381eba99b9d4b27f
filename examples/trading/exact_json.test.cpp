#include "exact_json.hpp"

#include <doctest/doctest.h>

TEST_CASE("64 bits are a number, more is text, nothing is null") {
  CHECK(trading::exact_number(INT64_MIN).as_int64() == INT64_MIN);
  CHECK(trading::exact_number(trading::int128{INT64_MAX} + 1).as_string() == "9223372036854775808");
  CHECK(trading::number_or_null(std::nullopt).is_null());
  CHECK(trading::number_or_null(7).as_int64() == 7);
}
