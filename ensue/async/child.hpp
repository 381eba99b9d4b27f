#pragma once

#include <ensue/async/job.hpp>

namespace ensue {

/// A handle to a task started in a scope: a shared reference. Keeping it keeps the result, not the
/// task; dropping it changes nothing, the scope goes on waiting. Loop thread only.
template <class T = void>
class child {
 public:
  child() = default;
  explicit child(job_of<T>& j) noexcept : job_{&j} {}

  const std::string& name() const noexcept { return job_->name(); }
  bool finished() const noexcept { return job_->finished(); }
  bool cancelled() const noexcept { return job_->cancelled(); }
  const std::exception_ptr& error() const noexcept { return job_->error(); }
  /// Cancels this task alone: it ends cancelled, which is no error of its scope.
  void cancel() const noexcept { job_->cancel(); }
  /// A copy of the result; throws what the task threw. Asserts that it has finished.
  T get() const {
    if constexpr (std::is_void_v<T>) {
      job_->get();
    } else {
      return job_->get();
    }
  }
  /// Waits for the end, however it comes.
  /// Cancellation: ends the wait only, the task runs on; also when both come in one step.
  /// Errors: none of the task's; read them with `get`.
  task<> wait() const {
    const auto hold = job_;
    if (hold->finished()) co_return;
    co_await wait_or_throw(hold->waiters(), hold->owner_runtime(), hold->name().c_str());
    const auto state = co_await this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) throw_cancelled();
  }
  job_of<T>& operator*() const noexcept { return *job_; }

 private:
  reference<job_of<T>> job_;
};

}  // namespace ensue
