#include <ensue/reliability/retry_policy.hpp>
#include <ensue/reliability/wording.hpp>

#include <cmath>

namespace ensue {
namespace {

duration sum(duration a, duration b) noexcept {
  return a > duration::max() - b ? duration::max() : a + b;
}

duration times(duration d, unsigned n) noexcept {
  return n != 0 && d > duration::max() / n ? duration::max() : d * n;
}

}  // namespace

duration retry_policy::waits_max() const noexcept {
  duration all{};
  for (unsigned failed = 1; failed < attempts && all != duration::max(); ++failed)
    all = sum(all, wait().longest(failed));
  return all;
}

duration retry_policy::span_max(duration attempt_max) const noexcept {
  return std::min(deadline, sum(times(attempt_max, attempts), waits_max()));
}

std::optional<std::string> retry_policy::wrong() const {
  constexpr duration zero{};
  if (attempts < 1 || attempts > attempts_max)
    return "retry.attempts is " + std::to_string(attempts) + "; it must be from 1 to " +
           std::to_string(attempts_max);
  if (base < zero) return "retry.base is " + in_words(base) + "; a wait is not negative";
  if (cap < base)
    return "retry.cap is " + in_words(cap) + "; it must not be less than retry.base, " +
           in_words(base);
  if (!(factor >= 1.0) || !std::isfinite(factor))
    return "retry.factor is " + in_words(factor) + "; it must be at least 1";
  if (!(jitter_min >= 0.0) || !std::isfinite(jitter_min))
    return "retry.jitter_min is " + in_words(jitter_min) + "; it must be at least 0";
  if (!(jitter_max >= jitter_min) || !std::isfinite(jitter_max))
    return "retry.jitter_max is " + in_words(jitter_max) +
           "; it must not be less than retry.jitter_min, " + in_words(jitter_min);
  if (deadline <= zero)
    return "retry.deadline is " + in_words(deadline) + "; it must be more than 0";
  if (hold_max < zero) return "retry.hold_max is " + in_words(hold_max) + "; it must be at least 0";
  return std::nullopt;
}

}  // namespace ensue
