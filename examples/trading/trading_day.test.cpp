#include "trading_day.hpp"

#include "shipped_tape.hpp"
#include "simulated_market.hpp"
#include "tape.hpp"
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

using namespace trading;

namespace {

using sources = std::vector<std::unique_ptr<market_source>>;

sources simulated(std::int64_t events, std::uint64_t seed) {
  sources all;
  all.push_back(std::make_unique<simulated_market>(events, seed, 0));
  return all;
}

}  // namespace

TEST_CASE("the shipped tape: every event counted, the order flow adds up, the drill passes") {
  ensue::sim::world world;
  trading_day day{world.rt(), {}};
  sources tapes;
  tapes.push_back(std::make_unique<tape>(shipped_tape(), 0));
  world.block_on(day.run(tapes));
  CHECK(day.played().events() == 4'000);
  CHECK(day.statistics().of(0).rows() == 4'000);
  const order_counts& orders = day.orders();
  std::int64_t vetoed = 0;
  for (const auto n : orders.vetoed) vetoed += n;
  CHECK(orders.requested > 10);
  CHECK(orders.requested == orders.accepted + vetoed + orders.halted);
  CHECK(orders.halted == 0);
  CHECK(day.killed_by().empty());
  CHECK(day.drill().passed());
  CHECK(day.bus().total().balanced());
  CHECK(day.bus().total().in_flight() == 0);
}

TEST_CASE("after the kill switch no order is accepted") {
  ensue::sim::world world;
  trading_day day{world.rt(),
                  {.plan = {}, .limits = {}, .speed = 0, .kill_early = true, .beat = {}}};
  auto market = simulated(50'000, 3);
  world.block_on(day.run(market));
  const order_counts& orders = day.orders();
  CHECK(orders.accepted >= trading_day::kill_early_after);
  CHECK(orders.accepted < trading_day::kill_early_after + 64);
  CHECK(orders.halted > 10);
  CHECK(day.killed_by() == "kill drill in the middle of the day");
  CHECK(day.drill().passed());
}

TEST_CASE("a loss beyond the limit pulls the kill switch") {
  ensue::sim::world world;
  risk_limits limits;
  limits.drawdown_max = 20;
  trading_day day{world.rt(),
                  {.plan = {}, .limits = limits, .speed = 0, .kill_early = false, .beat = {}}};
  auto market = simulated(50'000, 3);
  world.block_on(day.run(market));
  CHECK(day.killed_by().starts_with("drawdown "));
  CHECK(day.orders().halted > 0);
  CHECK(day.drill().passed());
}

TEST_CASE("ended early, all figures are of what was played") {
  ensue::sim::world world;
  int beats = 0;
  trading_day* playing = nullptr;
  trading_day day{world.rt(),
                  {.plan = {}, .limits = {}, .speed = 0, .kill_early = false, .beat = [&] {
                     if (++beats == 20) playing->stop();
                   }}};
  playing = &day;
  auto market = simulated(1'000'000, 1);
  world.block_on(day.run(market));
  CHECK(day.stopped());
  CHECK(day.played().events() == 20 * 64);
  CHECK(day.statistics().of(0).rows() == day.played().events());
  CHECK_FALSE(day.drill().done);
  CHECK(day.bus().total().in_flight() == 0);
}

TEST_CASE("the same seed gives the same day") {
  const auto play = [] {
    ensue::sim::world world;
    trading_day day{world.rt(), {}};
    auto market = simulated(20'000, 11);
    world.block_on(day.run(market));
    return std::pair{day.orders().accepted, day.guard().desk().profit()};
  };
  CHECK(play() == play());
}
