#include "strategy.hpp"

#include <doctest/doctest.h>

using namespace trading;

namespace {

trade at(std::int64_t price, std::int64_t ms) {
  trade t;
  t.instrument = symbol{"X"};
  t.price = {price, 2};
  t.quantity = {1000, 3};
  t.stamp_ns = ms * 1'000'000;
  return t;
}

}  // namespace

TEST_CASE("a flat market calls for nothing, a rising one for buys, a falling one for sells") {
  strategy s;
  std::int64_t ms = 1000;
  for (int n = 0; n < 100; ++n) CHECK_FALSE(s.on(at(10'000, ++ms)));
  std::optional<order_request> order;
  for (int n = 0; n < 50 && !order; ++n) order = s.on(at(10'000 + 10 * n, ms += 300));
  REQUIRE(order);
  CHECK(order->direction == side::buy);
  CHECK(order->quantity.scale == 3);
  CHECK(order->id == 1);
  order.reset();
  int buys = 0;
  for (int n = 0; n < 500; ++n) {
    const auto next = s.on(at(10'000 - 10 * n / 3, ms += 300));
    if (next && next->direction == side::sell) order = next;
    buys += next && next->direction == side::buy && order;
  }
  REQUIRE(order);
  CHECK(buys == 0);
}

TEST_CASE("one order per pause of market time, per symbol") {
  strategy s;
  for (int n = 0; n < 100; ++n) s.on(at(10'000, 1000));
  int orders = 0;
  for (int n = 0; n < 100; ++n) orders += s.on(at(10'500, 1000 + n)).has_value();
  CHECK(orders == 1);
  CHECK(s.on(at(10'500, 1400)).has_value());
}

TEST_CASE("quantities are whole steps, never zero and never absurd") {
  CHECK(quantity_for(5'000, {6'183'763, 2}, {0, 5}).text() == "0.08085");
  CHECK(quantity_for(5'000, {1'674'100, 4}, {100, 0}).text() == "29");
  CHECK(quantity_for(1, {1'674'100, 4}, {100, 0}).text() == "1");
  CHECK(quantity_for(1e30, {1, 0}, {0, 8}).units == 1);
}
