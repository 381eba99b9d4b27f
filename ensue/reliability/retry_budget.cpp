#include <ensue/base/assert.hpp>
#include <ensue/reliability/retry_budget.hpp>
#include <ensue/reliability/wording.hpp>

#include <algorithm>
#include <cmath>

namespace ensue {
namespace {

constexpr std::int64_t whole = 1'000'000'000;  // billionths in one retry
constexpr double ratio_max = 1000;
constexpr unsigned number_max = 1'000'000;

}  // namespace

std::optional<std::string> retry_budget_policy::wrong() const {
  if (!limited) return std::nullopt;
  if (!(ratio >= 0 && ratio <= ratio_max))
    return "retry_budget.ratio is " + in_words(ratio) + "; it must be from 0 to 1000";
  if (per_second > number_max)
    return "retry_budget.per_second is " + std::to_string(per_second) +
           "; it must not be more than 1000000";
  if (saved_max < 1 || saved_max > number_max)
    return "retry_budget.saved_max is " + std::to_string(saved_max) +
           "; it must be from 1 to 1000000";
  return std::nullopt;
}

retry_budget::retry_budget(const runtime& rt, retry_budget_policy policy)
    : policy_{policy},
      per_success_{std::llround(policy.limited ? policy.ratio * static_cast<double>(whole) : 0)},
      most_{whole * policy.saved_max},
      saved_{std::min(most_, whole * policy.per_second)},
      earned_until_{rt.now()} {
  ENSUE_ASSERT(!policy.wrong(), "the policy is wrong");
}

// A nanosecond brings `per_second` billionths.
void retry_budget::earn(const runtime& rt) noexcept {
  const time_point now = rt.now();
  const std::int64_t elapsed = (now - earned_until_).count();
  earned_until_ = now;
  if (policy_.per_second == 0) return;
  const std::int64_t missing = most_ - saved_;
  saved_ = elapsed > missing / policy_.per_second ? most_ : saved_ + elapsed * policy_.per_second;
}

bool retry_budget::try_take(const runtime& rt) noexcept {
  if (policy_.limited) {
    earn(rt);
    if (saved_ < whole) {
      ++refused_;
      return false;
    }
    saved_ -= whole;
  }
  ++taken_;
  return true;
}

double retry_budget::saved(const runtime& rt) noexcept {
  earn(rt);
  return static_cast<double>(saved_) / static_cast<double>(whole);
}

}  // namespace ensue
