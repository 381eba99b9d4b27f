#include <ensue/reliability/backoff.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("backoff doubles from its base up to its cap") {
  const backoff exact{.base = 200ms, .cap = 2s, .jitter_min = 1, .jitter_max = 1};
  random_stream random{1};
  CHECK(exact.after(1, random) == 200ms);
  CHECK(exact.after(2, random) == 400ms);
  CHECK(exact.after(4, random) == 1600ms);
  CHECK(exact.after(5, random) == 2s);
  CHECK(exact.after(4'000'000'000u, random) == 2s);
}

TEST_CASE("backoff spreads each wait between the two jitter factors") {
  const backoff wait{};
  random_stream random{7};
  duration least = duration::max(), most{};
  for (int i = 0; i < 10'000; ++i) {
    const duration d = wait.after(2, random);
    least = std::min(least, d);
    most = std::max(most, d);
  }
  CHECK(least >= 200ms);
  CHECK(least < 205ms);
  CHECK(most <= 600ms);
  CHECK(most > 595ms);
  CHECK(wait.longest(2) == 600ms);
}

TEST_CASE("backoff with the largest numbers does not overflow") {
  const backoff huge{.base = duration::max(), .cap = duration::max(), .factor = 1e308};
  random_stream random{1};
  CHECK(huge.after(100, random) > duration::zero());
  CHECK(huge.longest(100) > duration::zero());
}
