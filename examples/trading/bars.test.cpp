#include "bars.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace trading;

namespace {

trade at(std::int64_t price) {
  trade t;
  t.price = {price, 0};
  t.quantity = {2, 0};
  return t;
}

}  // namespace

TEST_CASE("bars of interleaved minutes and after a move") {
  minute_bars bars;
  bars.add(7, at(10));
  bars.add(8, at(20));
  minute_bars moved = std::move(bars);
  moved.add(8, at(15));
  moved.add(7, at(12));
  REQUIRE(moved.by_minute().size() == 2);
  const bar& seven = moved.by_minute().at(7);
  CHECK(seven.open.units == 10);
  CHECK(seven.close.units == 12);
  CHECK(seven.trades == 2);
  CHECK(seven.quantity.text() == "4");
  CHECK(moved.by_minute().at(8).low.units == 15);
  CHECK(moved.by_minute().at(8).high.units == 20);
}

TEST_CASE("a hostile tape cannot make bars without end") {
  minute_bars bars;
  const auto max = static_cast<std::int64_t>(minute_bars::bars_max);
  for (std::int64_t n = 0; n < max + 5; ++n) bars.add(n, at(1));
  CHECK(bars.by_minute().size() == minute_bars::bars_max);
  CHECK(bars.dropped() == 5);
  bars.add(3, at(1));
  CHECK(bars.by_minute().at(3).trades == 2);
}
