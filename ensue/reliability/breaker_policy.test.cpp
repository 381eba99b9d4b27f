#include <ensue/reliability/breaker_policy.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("each wrong field of a breaker is named, if it matters in its mode") {
  constexpr auto rate = breaker_mode::rate;
  CHECK_FALSE(breaker_policy{}.wrong());
  CHECK_FALSE(breaker_policy{.mode = rate, .failures = 0}.wrong());
  CHECK_FALSE(breaker_policy{.mode = breaker_mode::off, .open_for = 0s}.wrong());
  CHECK(breaker_policy{.failures = 0}.wrong()->starts_with("breaker.failures is 0; "));
  CHECK(*breaker_policy{.mode = rate, .failure_rate = 1.5}.wrong() ==
        "breaker.failure_rate is 1.5; it is a share: more than 0 and at most 1");
  CHECK(breaker_policy{.mode = rate, .failure_rate = 0}.wrong());
  CHECK(breaker_policy{.mode = rate, .calls_min = 0}.wrong());
  CHECK(breaker_policy{.mode = rate, .window = 1ms}.wrong());
  CHECK(*breaker_policy{.open_for = 0s}.wrong() ==
        "breaker.open_for is 0 s; it must be more than 0");
  CHECK(breaker_policy{.growth = std::numeric_limits<double>::quiet_NaN()}.wrong());
  CHECK_FALSE(breaker_policy{.open_for = 1h}.wrong());
  CHECK(*breaker_policy{.open_for = 1h, .growth = 2}.wrong() ==
        "breaker.open_max is 10 min; it must not be less than breaker.open_for, 60 min");
  CHECK(breaker_policy{.half_open_max = 0}.wrong());
  CHECK(breaker_policy{.successes = 0}.wrong());
}
