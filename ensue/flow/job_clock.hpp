#pragma once

#include <ensue/async/runtime.hpp>

namespace ensue {

/// The clock of a job store: the calendar as it was when the store was made, run on by the steady
/// clock. It never goes back and does not jump: whoever sets the calendar moves no delay and no
/// lease. Times that were kept are read by the calendar of the next life.
class job_clock {
 public:
  explicit job_clock(runtime& rt) noexcept : rt_{rt}, calendar_{rt.wall_now()}, steady_{rt.now()} {}

  wall_time now() const noexcept { return calendar_ + (rt_.now() - steady_); }

 private:
  runtime& rt_;
  wall_time calendar_;
  time_point steady_;
};

}  // namespace ensue
