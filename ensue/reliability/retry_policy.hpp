#pragma once

#include <ensue/reliability/backoff.hpp>
#include <ensue/reliability/classify.hpp>

#include <optional>
#include <string>

namespace ensue {

/// When a failed piece of work is tried again. `{}` is a good default: 4 attempts, 200 ms, 400 ms,
/// 800 ms apart, each wait times a number from 0.5 to 1.5.
struct retry_policy {
  unsigned attempts = 4;                           ///< in all, the first included; 1: never again
  duration base = std::chrono::milliseconds{200};  ///< before the second attempt
  duration cap = std::chrono::seconds{2};          ///< no longer, before the jitter
  double factor = 2.0;                             ///< from one wait to the next
  double jitter_min = 0.5;                         ///< each wait is multiplied by a number
  double jitter_max = 1.5;                         ///< drawn between the two
  duration deadline = duration::max();  ///< over all attempts and waits, from the first; max: none
  /// A wait up to this may hold the place of the one who works (his order within a key with it); a
  /// longer one leaves it.
  duration hold_max = std::chrono::seconds{1};
  classifier classify{};  ///< what is transient; empty: `ensue::classify`

  static constexpr unsigned attempts_max = 10'000;

  static retry_policy none() { return {.attempts = 1}; }

  backoff wait() const noexcept { return {base, cap, factor, jitter_min, jitter_max}; }
  /// All waits together, each as long as it may be.
  duration waits_max() const noexcept;
  /// The whole span from the first attempt to the end of the last, when an attempt takes at most
  /// `attempt_max`: cut by the deadline, duration::max() when nothing limits it.
  duration span_max(duration attempt_max) const noexcept;
  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

}  // namespace ensue
