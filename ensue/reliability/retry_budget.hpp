#pragma once

#include <ensue/async/runtime.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace ensue {

/// How many retries a subscription may make: so many per success, and a few a second without any.
/// When everything fails, the load on what is down is then at most `per_second` more, not
/// `attempts` times as much. (Numbers: the retry budgets of Finagle and Linkerd.)
struct retry_budget_policy {
  double ratio = 0.2;        ///< retries earned by a success
  unsigned per_second = 10;  ///< retries earned by time
  unsigned saved_max = 100;  ///< no more than this are kept for later
  bool limited = true;       ///< false: there is no budget

  static retry_budget_policy none() { return {.limited = false}; }
  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

/// Counts it, in whole billionths of a retry: exact however long it runs. Starts with a second's
/// worth. After any span of t seconds with s successes, at most
/// saved + ratio * s + per_second * t retries were allowed in it. Loop thread.
class retry_budget {
 public:
  /// Asserts that the policy is not `wrong`.
  explicit retry_budget(const runtime& rt, retry_budget_policy policy = {});

  /// `times` < 1 million.
  void succeeded(std::uint64_t times = 1) noexcept {
    saved_ += std::min(per_success_ * static_cast<std::int64_t>(times), most_ - saved_);
  }
  /// Takes one retry if there is one.
  bool try_take(const runtime& rt) noexcept;

  const retry_budget_policy& policy() const noexcept { return policy_; }
  double saved(const runtime& rt) noexcept;
  std::uint64_t taken() const noexcept { return taken_; }
  std::uint64_t refused() const noexcept { return refused_; }

 private:
  void earn(const runtime& rt) noexcept;

  retry_budget_policy policy_;
  std::int64_t per_success_;  // in billionths
  std::int64_t most_;
  std::int64_t saved_;
  time_point earned_until_;
  std::uint64_t taken_ = 0, refused_ = 0;
};

}  // namespace ensue
