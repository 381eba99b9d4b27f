#include <ensue/bus/histogram.hpp>

#include <algorithm>
#include <cmath>

namespace ensue {

duration histogram::quantile(double q) const noexcept {
  if (count_ == 0) return {};
  const auto rank = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    seen += buckets_[i];
    if (seen < rank) continue;
    if (i < 8) return duration{static_cast<std::int64_t>(i)};
    const std::size_t exponent = i / 8 + 2;
    const auto edge = std::uint64_t{8 + i % 8 + 1} << (exponent - 3);
    return std::min(duration{static_cast<std::int64_t>(edge - 1)}, max_);
  }
  return max_;
}

void histogram::merge(const histogram& other) noexcept {
  for (std::size_t i = 0; i < size; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

}  // namespace ensue
