#pragma once

#include <ensue/async/wait_or_throw.hpp>

namespace ensue {

/// Holds coroutines back until it is opened; an open gate lets everybody through.
///
/// Lifetime: must outlive its waiters.
/// Threads: loop thread.
/// Order: those that wait go on in the order they came.
class gate {
 public:
  explicit gate(runtime& rt, bool open = false, const char* name = "gate") noexcept
      : rt_{rt}, name_{name}, open_{open} {}
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;
  ~gate() { ENSUE_ASSERT(waiting_.empty() || rt_.ending(), "a gate died, coroutines wait at it"); }

  void open() noexcept {
    open_ = true;
    wake_all(waiting_);
  }
  void close() noexcept { open_ = false; }
  bool is_open() const noexcept { return open_; }
  std::size_t waiting() const noexcept { return waiting_.size(); }

  /// Goes on when the gate is open, or has been opened since.
  /// Cancellation: ends the wait by throwing. Errors: none.
  task<> wait() {
    if (!open_) co_await wait_or_throw(waiting_, rt_, name_);
  }

 private:
  runtime& rt_;
  const char* name_;
  bool open_;
  work_list waiting_;
};

}  // namespace ensue
