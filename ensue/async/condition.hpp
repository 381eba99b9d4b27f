#pragma once

#include <ensue/async/semaphore.hpp>

#include <cstddef>
#include <type_traits>

namespace ensue {

/// Waits until something about state under a mutex changes. Whoever waits or notifies shows its
/// permit of that mutex; errc::invalid when it does not hold it.
///
///     permit held = co_await m.lock();
///     co_await changed.wait_for(held, [&] { return !orders.empty(); });
///
/// Lifetime: must outlive its waiters, and the mutex must outlive it.
/// Threads: loop thread. Order: woken first come, first served.
class condition {
 public:
  explicit condition(mutex& m, const char* name = "condition") noexcept : mutex_{m}, name_{name} {}
  condition(const condition&) = delete;
  condition& operator=(const condition&) = delete;
  ~condition() {
    ENSUE_ASSERT(waiting_.empty() || mutex_.owner().ending(),
                 "a condition died, coroutines wait for it");
  }

  /// Gives the mutex up, waits for a notification, and holds the mutex again when it ends.
  /// Cancellation: the mutex is held again before it is thrown.
  /// Errors: errc::invalid thrown: `held` is not of this mutex; nothing was done.
  task<> wait(permit& held);
  /// Waits until `predicate()` and returns its value; at once, and without the lock, when it holds
  /// already.
  /// Cancellation: and Errors: as `wait`.
  template <class Predicate>
  task<std::invoke_result_t<Predicate&>> wait_for(permit& held, Predicate predicate) {
    for (;;) {
      if (auto value = predicate()) co_return value;
      co_await wait(held);
    }
  }

  [[nodiscard]] result<> notify(const permit& held, std::size_t count = 1) noexcept;
  [[nodiscard]] result<> notify_all(const permit& held) noexcept;
  std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  mutex& mutex_;
  const char* name_;
  work_list waiting_;
};

}  // namespace ensue
