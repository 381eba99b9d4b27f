#include "decimal.hpp"

#include <doctest/doctest.h>

using trading::decimal;
using trading::decimal_sum;
using trading::quotient_text;

TEST_CASE("a decimal keeps the digits it was written with") {
  for (const char* text :
       {"61837.63000000", "0.00000000", "0", "5", "-12.5", "0.000000000000000001",
        "0.123456789012345678", "999999999999999999", "-0.01"}) {
    CAPTURE(text);
    const auto value = decimal::parse(text);
    REQUIRE(value);
    CHECK(value->text() == text);
  }
}

TEST_CASE("what is no plain decimal is refused") {
  for (const char* text :
       {"", "-", ".", "1.", ".5", "1e5", "1.2.3", "+1", " 1", "1 ", "0x1", "nan",
        "9223372036854775808", "0.1234567890123456789", "10.000000000000000000", "1,5"}) {
    CAPTURE(text);
    CHECK_FALSE(decimal::parse(text));
  }
}

TEST_CASE("decimals of different scale compare by value") {
  CHECK(*decimal::parse("0.10") == *decimal::parse("0.1"));
  CHECK_FALSE(*decimal::parse("61800.30") > *decimal::parse("61800.3"));
  CHECK(*decimal::parse("-2") < *decimal::parse("-1.99"));
  CHECK(*decimal::parse("999999999999999999") > *decimal::parse("0.000000000000000001"));
}

TEST_CASE("sums are exact and as precise as their most precise term") {
  decimal_sum sum;
  CHECK(sum.text() == "0");
  for (int n = 0; n < 10; ++n) REQUIRE(sum.add(*decimal::parse("0.1")));
  CHECK(sum.text() == "1.0");
  REQUIRE(sum.add(*decimal::parse("0.020")));
  CHECK(sum.text() == "1.020");
}

TEST_CASE("a product has the digits of both factors") {
  decimal_sum notional;
  REQUIRE(notional.add_product(*decimal::parse("61837.63000000"), *decimal::parse("0.02000000")));
  CHECK(notional.text() == "1236.7526000000000000");
  REQUIRE(notional.add_product(*decimal::parse("0.5"), *decimal::parse("-3")));
  CHECK(notional.text() == "1235.2526000000000000");
}

TEST_CASE("a sum that would overflow says so and stays as it was") {
  decimal_sum sum;
  const decimal huge = *decimal::parse("999999999999999999");
  const decimal tiny = *decimal::parse("0.000000000000000001");
  REQUIRE(sum.add_product(huge, huge));
  const std::string before = sum.text();
  CHECK_FALSE(sum.add_product(tiny, tiny));
  CHECK(sum.text() == before);
}

TEST_CASE("quotients round half to even") {
  CHECK(quotient_text(1, 8, 2) == "0.12");
  CHECK(quotient_text(3, 8, 2) == "0.38");
  CHECK(quotient_text(-1, 3, 3) == "-0.333");
  CHECK(quotient_text(2, -3, 3) == "-0.667");
  CHECK(quotient_text(7, 0, 3) == "0");
  CHECK(quotient_text(162974840187600, trading::int128{97062721} * 10000, 6) == "167.906729");
}
