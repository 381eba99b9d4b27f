#include "order_flow.hpp"

#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>

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

TEST_CASE("trades lead to orders, orders to verdicts, verdicts to the blotter") {
  ensue::sim::world world;
  ensue::bus bus{world.rt()};
  std::string killed;
  risk guard{bus, {}, [&](std::string why) { killed = std::move(why); }};
  trader mind{bus, {}};
  blotter book{bus};
  guard.start();
  mind.start();
  book.start();
  for (int n = 0; n < 100; ++n) (void)bus.emit(at(10'000, n));
  for (int n = 0; n < 400; ++n) (void)bus.emit(at(10'000 + n, 1'000 + 250 * n));
  world.block_on(bus.wait_idle());
  CHECK(mind.orders() > 10);
  CHECK(guard.desk().accepted() + guard.desk().vetoed() == mind.orders());
  CHECK(guard.desk().accepted() > 0);
  CHECK(guard.desk().vetoed(veto::position) > 0);
  CHECK(book.accepted() == guard.desk().accepted());
  CHECK(book.vetoed() == guard.desk().vetoed());
  CHECK(book.latest().size() == blotter::kept);
  CHECK(mind.order_latency().count() == static_cast<std::uint64_t>(mind.orders()));
  CHECK(guard.unreported() == 0);
  CHECK(killed.empty());

  (void)bus.emit(at(9'000, 200'000));
  CHECK(killed.find("over the limit of 250.00") != std::string::npos);
  CHECK(bus.total().balanced());
}
