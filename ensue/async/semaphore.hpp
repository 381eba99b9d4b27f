#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>

#include <utility>

namespace ensue {

class semaphore;

/// One place taken from a semaphore; gives it back when it goes. Move-only, loop thread.
class [[nodiscard]] permit {
 public:
  permit() = default;
  permit(permit&& other) noexcept : from_{std::exchange(other.from_, nullptr)} {}
  permit& operator=(permit&& other) noexcept {
    std::swap(from_, other.from_);
    return *this;
  }
  ~permit() { static_cast<void>(release()); }

  explicit operator bool() const noexcept { return from_ != nullptr; }
  bool of(const semaphore& s) const noexcept { return from_ == &s; }
  /// Gives the place back early. errc::invalid: it holds none.
  result<> release() noexcept;

 private:
  friend class semaphore;
  explicit permit(semaphore& from) noexcept : from_{&from} {}
  semaphore* from_ = nullptr;
};

/// Bounds how many may do something at once. Fair: places are handed over in the order asked for;
/// nobody overtakes a waiting coroutine.
///
/// Lifetime: must outlive its permits and waiters.
/// Threads: loop thread.
/// Cost: a few ns while a place is free; a waiter is a node in its own frame.
class semaphore {
 public:
  explicit semaphore(runtime& rt, std::size_t places, const char* name = "semaphore") noexcept
      : rt_{rt}, name_{name}, free_{places} {}
  semaphore(const semaphore&) = delete;
  semaphore& operator=(const semaphore&) = delete;
  ~semaphore() {
    ENSUE_ASSERT(waiting_.empty() || rt_.ending(), "a semaphore died, coroutines wait for it");
  }

  /// errc::empty: none is free, or others wait already.
  [[nodiscard]] result<permit> try_acquire() noexcept;
  /// Waits for a place.
  /// Cancellation: ends the wait by throwing; a place that was handed over in the same step goes
  /// to the caller, and back when its permit goes.
  /// Errors: none.
  task<permit> acquire();
  /// As above, but neither throws at nor ends by cancellation: for those who must hold it again.
  /// Cancellation: ignored. Errors: none.
  task<permit> acquire_firmly();

  std::size_t free() const noexcept { return free_; }
  std::size_t waiting() const noexcept { return waiting_.size(); }
  runtime& owner() const noexcept { return rt_; }

 private:
  friend class permit;
  void give_back() noexcept;

  runtime& rt_;
  const char* name_;
  std::size_t free_;
  work_list waiting_;
};

/// A lock across awaits: a semaphore of one place. A coroutine that holds it must not ask again.
class mutex : public semaphore {
 public:
  explicit mutex(runtime& rt, const char* name = "mutex") noexcept : semaphore{rt, 1, name} {}
  /// As `acquire`. Cancellation: Errors:
  task<permit> lock() { return acquire(); }
  bool locked() const noexcept { return free() == 0; }
};

}  // namespace ensue
