#include "arguments.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

using trading::arguments;

namespace {

arguments read(std::initializer_list<const char*> words) {
  const std::vector<const char*> all{words};
  return trading::read_arguments(all);
}

}  // namespace

TEST_CASE("tapes and options in any order") {
  const auto a = read({"a.gz", "--speed", "2.5", "-", "--json", "--seed=9", "--", "--odd"});
  CHECK(a.error.empty());
  CHECK(a.tapes == std::vector<std::string>{"a.gz", "-", "--odd"});
  CHECK(a.speed == 2.5);
  CHECK(a.json);
  CHECK(a.seed == 9);
  CHECK_FALSE(a.kill_drill);
}

TEST_CASE("nothing means the shipped tape at full speed") {
  const auto a = read({});
  CHECK(a.error.empty());
  CHECK(a.tapes.empty());
  CHECK(a.simulate == 0);
  CHECK(a.speed == 0);
}

TEST_CASE("limits reach the risk desk") {
  const auto a = read({"--max-order", "1", "--max-position=2", "--max-drawdown", "3",
                       "--price-band", "4", "--orders-per-second", "5"});
  CHECK(a.error.empty());
  CHECK(a.limits.order_notional_max == 1);
  CHECK(a.limits.position_notional_max == 2);
  CHECK(a.limits.drawdown_max == 3);
  CHECK(a.limits.price_band_bps == 4);
  CHECK(a.limits.orders_per_second_max == 5);
}

TEST_CASE("a wrong word is named") {
  CHECK(read({"--spead", "1"}).error == "unknown option --spead");
  CHECK(read({"--speed"}).error == "--speed needs a value: a number above 0");
  CHECK(read({"--speed", "fast"}).error == "--speed \"fast\": expected a number above 0");
  CHECK(read({"--speed", "0"}).error == "--speed \"0\": expected a number above 0");
  CHECK(read({"--speed", "nan"}).error == "--speed \"nan\": expected a number above 0");
  CHECK(read({"--simulate", "-5"}).error == "--simulate \"-5\": expected a whole number from 1");
  CHECK(read({"--simulate", "5", "a.gz"}).error == "--simulate takes no tape");
  CHECK(read({"--orders-per-second", "99999999"}).error == "--orders-per-second: at most 1000000");
}
