#include <ensue/reliability/retry_policy.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("the default is four attempts, and their longest waits add up") {
  const retry_policy p{};
  CHECK_FALSE(p.wrong());
  CHECK(p.attempts == 4);
  CHECK(p.waits_max() == 300ms + 600ms + 1200ms);
  CHECK(p.span_max(1s) == 4s + 2100ms);
  CHECK(retry_policy::none().waits_max() == 0s);
  CHECK_FALSE(retry_policy::none().wrong());
}

TEST_CASE("a span never overflows, and a deadline cuts it") {
  const retry_policy p{.attempts = 3, .deadline = 2s};
  CHECK(p.span_max(1h) == 2s);
  const retry_policy endless{.attempts = 10'000, .base = duration::max(), .cap = duration::max()};
  CHECK(endless.waits_max() == duration::max());
  CHECK(endless.span_max(duration::max()) == duration::max());
}

TEST_CASE("each wrong field is named, with its value and what is allowed") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(*retry_policy{.attempts = 0}.wrong() == "retry.attempts is 0; it must be from 1 to 10000");
  CHECK(retry_policy{.attempts = 10'001}.wrong());
  CHECK(*retry_policy{.base = -1s}.wrong() == "retry.base is -1 s; a wait is not negative");
  CHECK(*retry_policy{.base = 3s}.wrong() ==
        "retry.cap is 2 s; it must not be less than retry.base, 3 s");
  CHECK(*retry_policy{.factor = 0.5}.wrong() == "retry.factor is 0.5; it must be at least 1");
  CHECK(retry_policy{.factor = nan}.wrong());
  CHECK(retry_policy{.jitter_min = -0.1}.wrong());
  CHECK(*retry_policy{.jitter_min = 2}.wrong() ==
        "retry.jitter_max is 1.5; it must not be less than retry.jitter_min, 2");
  CHECK(retry_policy{.jitter_max = nan}.wrong());
  CHECK(*retry_policy{.deadline = 0s}.wrong() == "retry.deadline is 0 s; it must be more than 0");
  CHECK(retry_policy{.hold_max = -1s}.wrong());
}
