#pragma once

#include <ensue/base/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ensue {

/// `{.count = 100, .per = 1s}`: a hundred a second, and as many at once after a pause.
struct rate_policy {
  std::uint32_t count = 0;  ///< so many …
  duration per = std::chrono::seconds{1};
  std::uint32_t burst = 0;  ///< at once after a pause; 0: `count`
  std::size_t waiting_max = 1024;
  bool limited = true;  ///< false: there is no limit

  static rate_policy none() { return {.limited = false}; }
  std::uint32_t burst_or_count() const noexcept { return burst != 0 ? burst : count; }
  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

/// The arithmetic of a token bucket in whole numbers: a token is `per` nanoseconds of parts, and
/// each nanosecond brings `count` of them. No rounding, so no drift, however long it runs.
/// In any span t it gives at most burst + count * t / per, to the nanosecond. Starts full.
class token_bucket {
 public:
  token_bucket(const rate_policy& policy, time_point now) noexcept;

  bool try_take(time_point now) noexcept;
  /// The first time at which `try_take` can succeed, to the nanosecond; not before `now`.
  time_point ready_at(time_point now) noexcept;
  void put_back() noexcept;
  bool full(time_point now) noexcept;
  const rate_policy& policy() const noexcept { return policy_; }

 private:
  void fill(time_point now) noexcept;
  std::int64_t burst() const noexcept { return token() * policy_.burst_or_count(); }
  std::int64_t token() const noexcept { return policy_.per.count(); }

  rate_policy policy_;
  std::int64_t most_;  // a burst, and what came in the nanosecond in which it was complete
  std::int64_t parts_;
  time_point filled_until_;
};

}  // namespace ensue
