#pragma once

#include <ensue/base/clock.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace ensue {

/// One piece of work held the loop for too long.
struct stall {
  std::string label;  ///< of runtime::set_running; empty when the work has none
  duration held;      ///< so far; at least `after`
};

/// Watches a loop from a thread of its own and tells, once per stall, what held it.
///
/// Threads: `step` and `idle` on the loop; `report` is called on the watchdog's thread, while the
/// loop still hangs, and must not block.
/// Limits: a stall is seen between 1 and 1.5 times `after`.
/// Cost: one relaxed store per piece of work; the thread wakes four times per `after` while the
/// loop works, and sleeps while it is idle.
class watchdog {
 public:
  using report_function = std::function<void(const stall&)>;
  watchdog(const std::atomic<const char*>& label, duration after, report_function report);
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog();

  /// The loop takes up another piece of work.
  void step() noexcept {
    steps_.store(steps_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  /// The loop goes to sleep, or wakes.
  void idle(bool asleep) noexcept;

 private:
  void watch();

  const std::atomic<const char*>& label_;
  const duration after_;
  const report_function report_;
  std::atomic<std::uint64_t> steps_{0};
  std::atomic<bool> idle_{true};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace ensue
