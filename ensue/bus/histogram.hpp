#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/metrics.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace ensue {

/// Durations in log-linear buckets: 8 per power of two, so a quantile is off by at most 12.5 %.
/// From 0 to 2^40 ns (18 minutes); longer ones count in the last bucket. 1.3 KiB, no allocation.
class histogram {
 public:
  void record(duration d) noexcept {
    ++buckets_[index(d)];
    ++count_;
    sum_ += d;
    if (d > max_) max_ = d;
  }
  std::uint64_t count() const noexcept { return count_; }
  duration max() const noexcept { return max_; }
  duration sum() const noexcept { return sum_; }
  /// Upper edge of the bucket that holds the q-quantile, 0 <= q <= 1; zero when empty.
  duration quantile(double q) const noexcept;
  void merge(const histogram& other) noexcept;
  /// Those that are not empty, rising.
  std::vector<metric_histogram::bucket> buckets() const;

 private:
  static constexpr std::size_t size = 8 * 39;
  static std::size_t index(duration d) noexcept {
    const auto ns = d.count() < 0 ? 0 : static_cast<std::uint64_t>(d.count());
    if (ns < 8) return ns;
    const auto exponent = static_cast<std::size_t>(std::bit_width(ns) - 1);  // >= 3
    const std::size_t at = (exponent - 2) * 8 + ((ns >> (exponent - 3)) & 7);
    return at < size ? at : size - 1;
  }

  static duration upper_edge(std::size_t bucket) noexcept;

  std::array<std::uint32_t, size> buckets_{};
  std::uint64_t count_ = 0;
  duration max_{};
  duration sum_{};
};

}  // namespace ensue
