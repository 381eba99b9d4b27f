#include <ensue/bus/histogram.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("quantiles are within an eighth of the truth, over nine decades") {
  for (std::int64_t scale = 1; scale <= 1'000'000'000; scale *= 10) {
    histogram h;
    for (std::int64_t i = 1; i <= 1000; ++i) h.record(duration{i * scale});
    for (const double q : {0.5, 0.9, 0.99, 0.999}) {
      const double truth = q * 1000 * static_cast<double>(scale);
      const auto got = static_cast<double>(h.quantile(q).count());
      CHECK(got >= truth * 0.999);
      CHECK(got <= truth * 1.13 + 1);
    }
    CHECK(h.max() == duration{1000 * scale});
  }
}

TEST_CASE("nothing recorded, the very short and the very long") {
  histogram h;
  CHECK(h.quantile(0.5) == 0ns);
  h.record(0ns);
  h.record(-5ns);
  CHECK(h.quantile(1) == 0ns);
  h.record(24h);
  CHECK(h.count() == 3);
  CHECK(h.max() == 24h);
  CHECK(h.quantile(1) > 15min);
}

TEST_CASE("merging adds up") {
  histogram a, b;
  for (int i = 0; i < 10; ++i) a.record(10ns);
  for (int i = 0; i < 90; ++i) b.record(1us);
  a.merge(b);
  CHECK(a.count() == 100);
  CHECK(a.quantile(0.05) < 12ns);
  CHECK(a.quantile(0.5) >= 1us);
  CHECK(a.sum() == 90'100ns);
}

TEST_CASE("the filled buckets hold everything, each below its edge") {
  histogram h;
  CHECK(h.buckets().empty());
  for (int i = 0; i < 10; ++i) h.record(10ns);
  h.record(3ns);
  h.record(1ms);
  const auto buckets = h.buckets();
  REQUIRE(buckets.size() == 3);
  CHECK(buckets[0].up_to == 3ns);
  CHECK(buckets[1].count == 10);
  CHECK(buckets[1].up_to >= 10ns);
  CHECK(buckets[2].up_to >= 1ms);
  CHECK(buckets[2].up_to < 1200us);
}
