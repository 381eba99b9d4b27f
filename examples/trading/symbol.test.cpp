#include "symbol.hpp"

#include <doctest/doctest.h>

using trading::per_symbol;
using trading::symbol;

TEST_CASE("a symbol holds up to 15 characters and nothing of a longer text") {
  CHECK(symbol{"BTCUSDT"}.text() == "BTCUSDT");
  CHECK(symbol{"123456789012345"}.text() == "123456789012345");
  CHECK(symbol{"1234567890123456"}.empty());
  CHECK(symbol{}.empty());
  CHECK(symbol{"A"} != symbol{"AA"});
}

TEST_CASE("values per symbol keep the order of first appearance") {
  per_symbol<int> values;
  values[symbol{"B"}] = 1;
  values[symbol{"A"}] = 2;
  values[symbol{"B"}] += 10;
  REQUIRE(values.size() == 2);
  CHECK(values.begin()->first.text() == "B");
  CHECK(values.begin()->second == 11);
  CHECK(*values.find(symbol{"A"}) == 2);
  CHECK(values.find(symbol{"C"}) == nullptr);
}
