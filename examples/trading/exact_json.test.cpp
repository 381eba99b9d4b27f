#include "exact_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

using namespace trading;

TEST_CASE("integers of any length are numbers, nothing is null") {
  CHECK(exact_number(INT64_MIN).as_int64() == INT64_MIN);
  CHECK(exact_text(exact_number(INT64_MIN)) == "-9223372036854775808");
  CHECK(exact_text(exact_number(int128{INT64_MAX} + 1)) == "9223372036854775808");
  CHECK(exact_text(exact_number(-(int128{1} << 100))) == "-1267650600228229401496703205376");
  decimal_sum sum;
  const decimal huge{999'999'999'999'999'999, 0};
  for (int n = 0; n < 1'000; ++n) sum.add_product(huge, huge);
  CHECK(exact_text(exact_units(sum)) == "999999999999999998000000000000000001000");
  CHECK(number_or_null(std::nullopt).is_null());
  CHECK(number_or_null(7).as_int64() == 7);
}

TEST_CASE("what has no long number is written as ever") {
  for (const char* text :
       {R"({"a\n\"":[1,-2.5,null,true,"x\u0001"],"":{},"b":[],"c":{"":1}})", "[]", "{}", "7"}) {
    const auto value = boost::json::parse(text);
    CHECK(exact_text(value) == boost::json::serialize(value));
  }
}
