#include "simulated_market.hpp"

#include "tape_statistics.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace trading;

namespace {

std::string figures(std::int64_t events, std::uint64_t seed) {
  simulated_market market{events, seed, 3};
  tape_statistics statistics;
  market_event event;
  while (market.next(event) == market_source::status::event) {
    std::visit([&](const auto& e) { statistics.on(e); }, event);
    CHECK(tick_of(event).tape == 3);
  }
  CHECK(market.rows() == events);
  CHECK(market.progress() == 1);
  return boost::json::serialize(statistics.json(market.form()));
}

}  // namespace

TEST_CASE("a simulated market is bounded and decided by its seed") {
  CHECK(figures(500, 7) == figures(500, 7));
  CHECK(figures(500, 7) != figures(500, 8));
  CHECK(figures(0, 7).starts_with("{\"rows\":0,"));
}

TEST_CASE("its prices stay positive and its books uncrossed") {
  simulated_market market{20'000, 1, 0};
  market_event event;
  std::int64_t crossed = 0, trades = 0;
  while (market.next(event) == market_source::status::event) {
    if (const auto* q = std::get_if<quote>(&event))
      crossed += q->bid >= q->ask || q->bid.units <= 0;
    trades += std::holds_alternative<trade>(event);
  }
  CHECK(crossed == 0);
  CHECK(trades > 9'000);
  CHECK(trades < 11'000);
}
