#include <ensue/async/watchdog.hpp>

#include <utility>

namespace ensue {

watchdog::watchdog(const std::atomic<const char*>& label, duration after, report_function report)
    : label_{label}, after_{after}, report_{std::move(report)}, thread_{[this] { watch(); }} {}

watchdog::~watchdog() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void watchdog::idle(bool asleep) noexcept {
  step();
  idle_.store(asleep, std::memory_order_release);
  if (asleep) return;
  // Taken so that the wake-up cannot fall between the watcher's look and its wait.
  {
    const std::lock_guard lock{mutex_};
  }
  changed_.notify_one();
}

// Counts quarters of `after_` in which the loop was busy with the same step.
void watchdog::watch() {
  std::unique_lock lock{mutex_};
  std::uint64_t seen = 0;
  int quarters = 0;
  while (!stopping_) {
    changed_.wait(lock, [this] { return stopping_ || !idle_.load(std::memory_order_acquire); });
    const bool stopped = changed_.wait_for(lock, after_ / 4, [this] { return stopping_; });
    if (stopped) return;
    const std::uint64_t now = steps_.load(std::memory_order_relaxed);
    const bool same = now == std::exchange(seen, now) && !idle_.load(std::memory_order_acquire);
    quarters = same ? quarters + 1 : 0;
    if (quarters != 4) continue;
    const char* label = label_.load(std::memory_order_relaxed);
    lock.unlock();
    report_({label ? label : "", after_});
    lock.lock();
  }
}

}  // namespace ensue
