#include <ensue/reliability/backoff.hpp>

#include <algorithm>
#include <cmath>

namespace ensue {
namespace {

// In double, so that a large exponent cannot overflow: the cap is applied before the cast.
double capped(const backoff& b, unsigned failed) noexcept {
  const double grown = static_cast<double>(b.base.count()) *
                       std::pow(b.factor, static_cast<double>(failed == 0 ? 0 : failed - 1));
  return std::min(grown, static_cast<double>(b.cap.count()));
}

duration rounded(double nanoseconds) noexcept {
  constexpr double most = 9.2e18;
  return duration{static_cast<duration::rep>(std::clamp(nanoseconds, 0.0, most))};
}

}  // namespace

duration backoff::after(unsigned failed, random_stream& random) const {
  const double share = random.unit();
  return rounded(capped(*this, failed) * (jitter_min + (jitter_max - jitter_min) * share));
}

duration backoff::longest(unsigned failed) const noexcept {
  return rounded(capped(*this, failed) * jitter_max);
}

}  // namespace ensue
