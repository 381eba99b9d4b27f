#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/reliability/classify.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ensue {

enum class breaker_mode : std::uint8_t {
  off,          ///< always closed
  consecutive,  ///< opens after `failures` in a row
  rate,         ///< opens when the share of failures among the recent calls is too large
};

/// When calls to something that fails are held off, and how it is tried again. `{}` is a good
/// default: five failures in a row, open for a minute, then one probe.
struct breaker_policy {
  breaker_mode mode = breaker_mode::consecutive;
  unsigned failures = 5;                       ///< consecutive: so many in a row open it
  double failure_rate = 0.5;                   ///< rate: this share of the calls in the window …
  unsigned calls_min = 20;                     ///< … opens it, if there were at least so many
  duration window = std::chrono::seconds{10};  ///< exact to a tenth
  duration open_for = std::chrono::minutes{1};
  double growth = 1.0;  ///< each time a probe fails it stays open so many times longer …
  duration open_max = std::chrono::minutes{10};  ///< … up to this
  unsigned half_open_max = 1;                    ///< probes at work at a time
  unsigned successes = 1;                        ///< of probes, in a row, close it
  std::size_t waiting_max = 1024;                ///< who waits in `acquire`; more are refused
  /// Transient failures count; permanent ones are an answer and count nothing. Empty:
  /// `ensue::classify`.
  classifier classify{};

  static breaker_policy none() { return {.mode = breaker_mode::off}; }
  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

}  // namespace ensue
