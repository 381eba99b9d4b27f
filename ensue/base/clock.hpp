#pragma once

#include <chrono>

namespace ensue {

/// The steady time line of a runtime. It has no `now()` on purpose: ask `runtime::now()`, so that
/// the simulator can stand in for the machine.
struct monotonic {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<monotonic>;
  static constexpr bool is_steady = true;
};

using duration = std::chrono::nanoseconds;
using time_point = monotonic::time_point;                           ///< for timers and deadlines
using wall_time = std::chrono::sys_time<std::chrono::nanoseconds>;  ///< for people and the wire

/// The end of time: "no deadline".
inline constexpr time_point never = time_point::max();

/// `from + by`, clamped to [epoch, never] instead of overflowing.
constexpr time_point saturating_add(time_point from, duration by) noexcept {
  if (by >= duration::zero()) return by > never - from ? never : from + by;
  return from.time_since_epoch() < -by ? time_point{} : from + by;
}

}  // namespace ensue
