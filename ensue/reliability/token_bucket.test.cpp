#include <ensue/reliability/token_bucket.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("a full bucket gives its burst, then as many as time brings") {
  const time_point t{1h};
  token_bucket b{{.count = 10, .per = 1s, .burst = 3}, t};
  for (int i = 0; i < 3; ++i) CHECK(b.try_take(t));
  CHECK_FALSE(b.try_take(t));
  CHECK(b.ready_at(t) == t + 100ms);
  CHECK_FALSE(b.try_take(t + 100ms - 1ns));
  CHECK(b.try_take(t + 100ms));
  b.put_back();
  CHECK(b.try_take(t + 100ms));
  CHECK_FALSE(b.full(t + 200ms));
  CHECK(b.full(t + 100h));
}

// 7 per minute is no whole number of nanoseconds apart: what a rounded interval loses, adds up.
TEST_CASE("a year at seven a minute has not lost or won one") {
  time_point t{1h};
  const time_point began = t;
  token_bucket b{{.count = 7, .per = 1min, .burst = 1}, t};
  const time_point end = t + std::chrono::hours{24 * 365};
  std::int64_t taken = 0;
  for (;;) {
    t = b.ready_at(t);
    if (t >= end) break;
    taken += b.try_take(t) ? 1 : 0;
    // The token after n has come when n * 1 min / 7 have passed, rounded up to a nanosecond.
    if (taken % 1'000 == 1) REQUIRE((t - began).count() == ((taken - 1) * 60'000'000'000 + 6) / 7);
  }
  CHECK(taken == std::int64_t{7} * 24 * 365 * 60);
}

TEST_CASE("large numbers do not overflow") {
  const rate_policy p{.count = 4'000'000'000U, .per = 1s};
  REQUIRE_FALSE(p.wrong());
  token_bucket b{p, time_point{}};
  CHECK(b.try_take(time_point{}));
  CHECK(b.full(never));
}

TEST_CASE("an unlimited bucket always gives") {
  token_bucket b{rate_policy::none(), time_point{}};
  for (int i = 0; i < 1000; ++i) CHECK(b.try_take(time_point{}));
  CHECK(b.ready_at(time_point{1h}) == time_point{1h});
  b.put_back();
  CHECK(b.full(time_point{}));
}

TEST_CASE("each wrong field of a rate is named") {
  CHECK(rate_policy{}.wrong()->starts_with("rate.count is 0; "));
  CHECK(*rate_policy{.count = 1, .per = 0s}.wrong() == "rate.per is 0 s; it must be more than 0");
  CHECK(rate_policy{.count = 1000, .per = std::chrono::hours{24 * 365 * 10}}.wrong());
  CHECK_FALSE(rate_policy{.count = 1000, .per = 1h}.wrong());
  CHECK_FALSE(rate_policy::none().wrong());
}
