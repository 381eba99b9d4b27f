#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/reliability/retry_budget.hpp>
#include <ensue/reliability/retry_policy.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ensue {

/// Why there is no next attempt.
enum class retry_end : std::uint8_t {
  none,       ///< there is one
  permanent,  ///< the failure will not go away
  cancelled,  ///< it was no failure
  attempts,   ///< that was the last one allowed
  deadline,   ///< the next one could not begin in time
  budget,     ///< the subscription has retried enough for now
};
const char* text(retry_end why) noexcept;

/// What comes after a failed attempt.
struct next_step {
  retry_end end = retry_end::none;
  duration wait{};   ///< before the next attempt
  bool hold = true;  ///< the wait may hold the worker; false: leave it

  bool again() const noexcept { return end == retry_end::none; }
};

/// One failed attempt, as it is kept for people.
struct failed_attempt {
  unsigned number = 0;  ///< from 1
  time_point at{};      ///< when it had failed
  wall_time wall{};
  std::string error;  ///< its text, at most `error_bytes_max`
  duration took{};    ///< from its beginning to `at`

  static constexpr std::size_t error_bytes_max = 512;
};

/// Decides after each failure of one piece of work whether and when it is tried again, and keeps
/// what happened. No I/O, no waits: shared by `retry` and the bus. Loop thread.
///
/// Lifetime: the policy must outlive it.
/// Cost: allocates with the first failure only.
class retry_state {
 public:
  /// `began`: when the first attempt did. `failed`: attempts that failed in an earlier life.
  retry_state(const retry_policy& policy, time_point began, unsigned failed = 0) noexcept
      : policy_{&policy}, began_{began}, attempt_began_{began}, failed_{failed} {}

  /// An attempt begins; the first one has when this was made.
  void begin_attempt(time_point now) noexcept { attempt_began_ = now; }

  /// Takes note of a failure. One draw from `random` while attempts are left, and one token of
  /// `budget` if there is to be another.
  next_step after(const std::exception_ptr& error, const runtime& rt, random_stream& random,
                  retry_budget* budget = nullptr);

  /// The number of the attempt that runs or comes next, from 1.
  unsigned attempt() const noexcept { return failed_ + 1; }
  const retry_policy& policy() const noexcept { return *policy_; }
  unsigned failed() const noexcept { return failed_; }
  time_point began() const noexcept { return began_; }
  /// When the last attempt must have ended.
  time_point deadline() const noexcept { return saturating_add(began_, policy_->deadline); }
  /// The first failed attempt and the latest ones, oldest first, at most `history_max`; `number`
  /// tells which are missing.
  const std::vector<failed_attempt>& history() const noexcept { return history_; }
  std::vector<failed_attempt> take_history() noexcept { return std::move(history_); }
  static constexpr std::size_t history_max = 16;

 private:
  void note(const std::exception_ptr& error, const runtime& rt);

  const retry_policy* policy_;
  time_point began_, attempt_began_;
  unsigned failed_;
  std::vector<failed_attempt> history_;
};

}  // namespace ensue
