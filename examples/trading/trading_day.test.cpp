#include "trading_day.hpp"

#include "day.test.hpp"
#include "shipped_tape.hpp"
#include "simulated_market.hpp"
#include "tape.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace trading;

namespace {

sources simulated(std::int64_t events, std::uint64_t seed) {
  sources all;
  all.push_back(std::make_unique<simulated_market>(events, seed, 0));
  return all;
}

sources shipped() {
  sources all;
  all.push_back(std::make_unique<tape>(shipped_tape(), 0));
  return all;
}

}  // namespace

TEST_CASE("the shipped tape: every event counted, the order flow adds up, the drill passes") {
  simulated_day s{shipped(), {}};
  CHECK(s.serve() == 0);
  trading_day& day = *s.day;
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
  CHECK(day.total().balanced());
  CHECK(day.total().in_flight() == 0);
  CHECK(s.app.report().reason == "the day is over");
  CHECK(s.app.report().left.empty());
}

TEST_CASE("after the kill switch no order is accepted") {
  trading_day::options options;
  options.kill_early = true;
  simulated_day s{simulated(50'000, 3), options};
  CHECK(s.serve() == 0);
  const order_counts& orders = s.day->orders();
  CHECK(orders.accepted >= trading_day::kill_early_after);
  CHECK(orders.accepted < trading_day::kill_early_after + 64);
  CHECK(orders.halted > 10);
  CHECK(s.day->killed_by() == "kill drill in the middle of the day");
  CHECK(s.day->drill().passed());
}

TEST_CASE("a loss beyond the limit pulls the kill switch") {
  trading_day::options options;
  options.limits.drawdown_max = 20;
  simulated_day s{simulated(50'000, 3), options};
  CHECK(s.serve() == 0);
  CHECK(s.day->killed_by().starts_with("drawdown "));
  CHECK(s.day->orders().halted > 0);
  CHECK(s.day->drill().passed());
}

TEST_CASE("a reset without authority leaves the drill failed") {
  simulated_day s{simulated(1'000, 3), {}};
  trading_day::options keyless;
  keyless.authority = "another key";
  ensue::app other{s.world.rt(), "other", simulated_day::service_options()};
  auto tapes = simulated(1'000, 3);
  const auto day = trading_day::in(other, keyless, tapes);
  CHECK(s.world.block_on(other.serve()) == ensue::exit_code::drained);
  CHECK(day->drill().done);
  CHECK(day->drill().wrong_authority_refused);
  CHECK_FALSE(day->drill().reset);
  CHECK_FALSE(day->drill().passed());
}

TEST_CASE("ended early, all figures are of what was played") {
  int beats = 0;
  ensue::app* playing = nullptr;
  trading_day::options options;
  options.beat = [&] {
    if (++beats == 20) playing->stop("the test");
  };
  simulated_day s{simulated(1'000'000, 1), options};
  playing = &s.app;
  CHECK(s.serve() == 0);
  CHECK(s.app.report().reason == "the test");
  CHECK(s.day->stopped());
  CHECK(s.day->played().events() >= 20 * 64);
  CHECK(s.day->played().events() < 1'000'000);
  CHECK(s.day->statistics().of(0).rows() == s.day->played().events());
  CHECK_FALSE(s.day->drill().done);
  CHECK(s.day->total().in_flight() == 0);
  CHECK(s.day->total().balanced());
}

TEST_CASE("the same seed gives the same day") {
  const auto play = [] {
    simulated_day s{simulated(20'000, 11), {}};
    s.serve();
    return std::pair{s.day->orders().accepted, s.day->guard().desk().profit()};
  };
  CHECK(play() == play());
}
