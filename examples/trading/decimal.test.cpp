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
  for (int n = 0; n < 10; ++n) sum.add(*decimal::parse("0.1"));
  CHECK(sum.text() == "1.0");
  sum.add(*decimal::parse("0.020"));
  CHECK(sum.text() == "1.020");
  CHECK(sum.units_text() == "1020");
}

TEST_CASE("a product has the digits of both factors") {
  decimal_sum notional;
  notional.add_product(*decimal::parse("61837.63000000"), *decimal::parse("0.02000000"));
  CHECK(notional.text() == "1236.7526000000000000");
  notional.add_product(*decimal::parse("0.5"), *decimal::parse("-3"));
  CHECK(notional.text() == "1235.2526000000000000");
}

TEST_CASE("a sum that 128 bits cannot hold is exact all the same") {
  decimal_sum sum;
  const decimal huge = *decimal::parse("999999999999999999");
  const decimal tiny = *decimal::parse("0.000000000000000001");
  sum.add_product(huge, huge);
  sum.add_product(tiny, tiny);
  CHECK(sum.text() == "999999999999999998000000000000000001.000000000000000000000000000000000001");
  CHECK(sum.approximate() == doctest::Approx(1e36));
  const decimal_sum copy = sum;
  sum.add_product(huge, *decimal::parse("-999999999999999999"));
  CHECK(sum.text() == "0.000000000000000000000000000000000001");
  sum.add(*decimal::parse("-1"));
  CHECK(sum.text() == "-0.999999999999999999999999999999999999");
  CHECK(copy.text().starts_with("999999999999999998"));
}

TEST_CASE("sums divide exactly whatever their width") {
  const decimal huge = *decimal::parse("999999999999999999");
  decimal_sum money, shares;
  for (int n = 0; n < 1'000; ++n) money.add_product(huge, huge);
  shares.add(*decimal::parse("-3000"));
  CHECK(money.over(shares, 2) == "-333333333333333332666666666666666667.00");
  CHECK(shares.over(money, 2) == "0.00");
  CHECK(money.over(decimal_sum{}, 2) == "0");
}

TEST_CASE("what is wrong with a number that is not taken") {
  for (const char* text : {"1e5", "1E-18", "-2e3"})
    CHECK(decimal::fault(text) == std::string_view{"an exponent"});
  for (const char* text : {"9223372036854775808", "0.1234567890123456789", "-99999999999999999999"})
    CHECK(decimal::fault(text) == std::string_view{"too many digits"});
  for (const char* text : {"", "-", ".", "1.", ".5", "1.2.3", "1-2", "nan", "0x1", " 1"}) {
    CAPTURE(text);
    CHECK(decimal::fault(text) == std::string_view{"no plain number"});
  }
}

TEST_CASE("quotients round half to even") {
  CHECK(quotient_text(1, 8, 2) == "0.12");
  CHECK(quotient_text(3, 8, 2) == "0.38");
  CHECK(quotient_text(-1, 3, 3) == "-0.333");
  CHECK(quotient_text(2, -3, 3) == "-0.667");
  CHECK(quotient_text(7, 0, 3) == "0");
  CHECK(quotient_text(trading::int128{1} << 126, -3, 1) ==
        "-28356863910078205288614550619314017621.3");
  CHECK(quotient_text(162974840187600, trading::int128{97062721} * 10000, 6) == "167.906729");
}
