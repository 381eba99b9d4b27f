#include <ensue/bus/histogram.hpp>

#include <algorithm>
#include <cmath>

namespace ensue {

duration histogram::upper_edge(std::size_t bucket) noexcept {
  if (bucket < 8) return duration{static_cast<std::int64_t>(bucket)};
  const std::size_t exponent = bucket / 8 + 2;
  const auto edge = std::uint64_t{8 + bucket % 8 + 1} << (exponent - 3);
  return duration{static_cast<std::int64_t>(edge - 1)};
}

std::vector<metric_histogram::bucket> histogram::buckets() const {
  std::vector<metric_histogram::bucket> filled;
  for (std::size_t i = 0; i < size; ++i)
    if (buckets_[i] != 0) filled.push_back({upper_edge(i), buckets_[i]});
  return filled;
}

duration histogram::quantile(double q) const noexcept {
  if (count_ == 0) return {};
  const auto rank = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    seen += buckets_[i];
    if (seen < rank) continue;
    return std::min(upper_edge(i), max_);
  }
  return max_;
}

void histogram::merge(const histogram& other) noexcept {
  for (std::size_t i = 0; i < size; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

}  // namespace ensue
