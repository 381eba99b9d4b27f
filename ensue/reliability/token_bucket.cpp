#include <ensue/reliability/token_bucket.hpp>
#include <ensue/reliability/wording.hpp>

#include <algorithm>

namespace ensue {
namespace {

constexpr std::int64_t parts_max = 4'000'000'000'000'000'000;

}  // namespace

std::optional<std::string> rate_policy::wrong() const {
  if (!limited) return std::nullopt;
  if (count < 1) return "rate.count is 0; at least 1 is needed (for no limit: rate_policy::none())";
  if (per <= duration::zero()) return "rate.per is " + in_words(per) + "; it must be more than 0";
  if (per.count() > parts_max / burst_or_count())
    return "rate.per is " + in_words(per) + " and rate.burst " + std::to_string(burst_or_count()) +
           "; their product must not be more than 4e18 ns";
  return std::nullopt;
}

token_bucket::token_bucket(const rate_policy& policy, time_point now) noexcept
    : policy_{policy},
      most_{policy.limited ? burst() + std::min<std::int64_t>(policy.count, token()) - 1 : 0},
      parts_{policy.limited ? burst() : 0},
      filled_until_{now} {}

void token_bucket::fill(time_point now) noexcept {
  if (now <= filled_until_) return;
  const std::int64_t elapsed = (now - filled_until_).count();
  const std::int64_t missing = most_ - parts_;
  parts_ = elapsed > missing / policy_.count ? most_ : parts_ + elapsed * policy_.count;
  filled_until_ = now;
}

bool token_bucket::try_take(time_point now) noexcept {
  if (!policy_.limited) return true;
  fill(now);
  if (parts_ < token()) return false;
  parts_ -= token();
  return true;
}

time_point token_bucket::ready_at(time_point now) noexcept {
  if (!policy_.limited) return now;
  fill(now);
  if (parts_ >= token()) return now;
  const std::int64_t missing = token() - parts_;
  return saturating_add(now, duration{(missing + policy_.count - 1) / policy_.count});
}

void token_bucket::put_back() noexcept {
  if (policy_.limited) parts_ += std::min(token(), most_ - parts_);
}

bool token_bucket::full(time_point now) noexcept {
  if (!policy_.limited) return true;
  fill(now);
  return parts_ >= burst();
}

}  // namespace ensue
