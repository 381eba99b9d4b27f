#include "risk_desk.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace trading;

namespace {

trade traded(std::int64_t price) {
  trade t;
  t.instrument = symbol{"X"};
  t.price = {price, 0};
  t.quantity = {1, 0};
  return t;
}

order_request order(side direction, std::int64_t price, std::int64_t quantity,
                    std::int64_t ms = 0) {
  order_request o;
  o.instrument = symbol{"X"};
  o.direction = direction;
  o.price = {price, 0};
  o.quantity = {quantity, 0};
  o.stamp_ns = ms * 1'000'000;
  return o;
}

std::optional<veto> veto_of(const risk_desk::verdict& v) {
  if (const auto* no = std::get_if<order_vetoed>(&v)) return no->reason;
  return std::nullopt;
}

risk_limits limits() {
  return {.order_notional_max = 1'000,
          .position_notional_max = 2'000,
          .price_band_bps = 100,
          .orders_per_second_max = 2,
          .drawdown_max = 100};
}

}  // namespace

TEST_CASE("every limit refuses for its own reason") {
  risk_desk desk{limits()};
  CHECK(veto_of(desk.on(order(side::buy, 100, 1))) == veto::no_price);
  desk.on(traded(100));
  CHECK(veto_of(desk.on(order(side::buy, 102, 1))) == veto::price_band);
  CHECK(veto_of(desk.on(order(side::sell, 98, 1))) == veto::price_band);
  CHECK(veto_of(desk.on(order(side::buy, 100, 11))) == veto::notional);
  CHECK_FALSE(veto_of(desk.on(order(side::buy, 100, 10))));
  CHECK_FALSE(veto_of(desk.on(order(side::buy, 100, 10))));
  CHECK(veto_of(desk.on(order(side::sell, 100, 1))) == veto::rate);
  CHECK(veto_of(desk.on(order(side::buy, 100, 1, 5'000))) == veto::position);
  CHECK(desk.accepted() == 2);
  CHECK(desk.vetoed() == 6);
  CHECK(desk.vetoed(veto::price_band) == 2);
  CHECK(desk.holdings().find(symbol{"X"})->quantity.text() == "20");
}

TEST_CASE("the rate is counted in market time over a sliding second") {
  risk_desk desk{limits()};
  desk.on(traded(100));
  CHECK_FALSE(veto_of(desk.on(order(side::buy, 100, 1, 0))));
  CHECK_FALSE(veto_of(desk.on(order(side::sell, 100, 1, 600))));
  CHECK(veto_of(desk.on(order(side::buy, 100, 1, 999))) == veto::rate);
  CHECK_FALSE(veto_of(desk.on(order(side::buy, 100, 1, 1'000))));
  CHECK(veto_of(desk.on(order(side::buy, 100, 1, 1'599))) == veto::rate);
}

TEST_CASE("a new tape with an earlier clock starts a new count") {
  risk_desk desk{limits()};
  desk.on(traded(100));
  for (int n = 0; n < 2; ++n) CHECK_FALSE(veto_of(desk.on(order(side::buy, 100, 1, 90'000))));
  CHECK_FALSE(veto_of(desk.on(order(side::buy, 100, 1, 5'000))));
  CHECK_FALSE(veto_of(desk.on(order(side::buy, 100, 1, 5'001))));
  CHECK(veto_of(desk.on(order(side::buy, 100, 1, 5'002))) == veto::rate);
}

TEST_CASE("an order that brings the position down is let through at the limit") {
  risk_desk desk{limits()};
  desk.on(traded(100));
  for (int n = 0; n < 2; ++n) desk.on(order(side::buy, 100, 10, n * 1'000));
  for (int n = 0; n < 60; ++n) desk.on(traded(100 + n));  // the same position is worth more now
  CHECK(veto_of(desk.on(order(side::buy, 159, 1, 5'000))) == veto::position);
  CHECK_FALSE(veto_of(desk.on(order(side::sell, 159, 1, 5'000))));
}

TEST_CASE("a drawdown asks for the kill switch once, and again after forgiveness") {
  risk_desk desk{limits()};
  desk.on(traded(100));
  desk.on(order(side::buy, 100, 10));
  CHECK_FALSE(desk.on(traded(110)));
  CHECK(desk.profit() == doctest::Approx(100));
  CHECK_FALSE(desk.on(traded(100)));
  CHECK(desk.on(traded(99)));
  CHECK(desk.drawdown() == doctest::Approx(110));
  CHECK_FALSE(desk.on(traded(90)));
  desk.forgive();
  CHECK_FALSE(desk.on(traded(80)));
  CHECK(desk.on(traded(79)));
}

TEST_CASE("a desk that allows no order a second accepts none") {
  auto none = limits();
  none.orders_per_second_max = 0;
  risk_desk desk{none};
  desk.on(traded(100));
  CHECK(veto_of(desk.on(order(side::buy, 100, 1))) == veto::rate);
}
