#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/runtime.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace ensue {

/// The end of a worker's attempts, one after the other: one timer, armed once for many of them and
/// put off when it rings before the end of the one at work.
///
/// When the end comes it cancels the worker's coroutine, which ends the handler; the worker takes
/// the cancellation back before it goes on.
///
/// Lifetime: keeps `stop`, also while an emission is on its way through the executor.
/// Threads:  loop thread.
/// Cost:     two comparisons an attempt.
class attempt_limit : private timer_entry {
 public:
  attempt_limit(runtime& rt, std::shared_ptr<boost::asio::cancellation_signal> stop) noexcept
      : timer_entry{&attempt_limit::ring}, rt_{rt}, stop_{std::move(stop)} {}
  attempt_limit(const attempt_limit&) = delete;
  attempt_limit& operator=(const attempt_limit&) = delete;
  ~attempt_limit() { rest(); }

  /// An attempt begins that must end by then.
  void begin(time_point end) {
    end_ = end;
    if (linked() || (armed() && when() <= end)) return;  // looks at `end_` when it rings
    rt_.disarm(*this);
    rt_.arm(*this, end);
  }
  /// The attempt has ended; true: the worker was cancelled for it.
  bool over() noexcept {
    end_ = never;
    return std::exchange(fired_, false);
  }
  /// The worker has nothing to do.
  void rest() noexcept { rt_.disarm(*this); }

  /// errc::timed_out, with how the attempt ended nested in it.
  static std::exception_ptr timed_out(const std::exception_ptr& cause) {
    const system_error error{error_code{errc::timed_out}, "the deadline passed"};
    if (!cause) return std::make_exception_ptr(error);
    try {
      std::rethrow_exception(cause);
    } catch (...) {
      try {
        std::throw_with_nested(error);
      } catch (...) {
        return std::current_exception();
      }
    }
  }

 private:
  static void ring(work& w) {
    auto& self = static_cast<attempt_limit&>(w);
    if (self.end_ == never || self.fired_) return;
    if (self.rt_.now() < self.end_) return self.rt_.arm(self, self.end_);
    self.fired_ = true;
    self.stop_->emit(boost::asio::cancellation_type::terminal);
    boost::asio::post(self.rt_.executor(), [keep = self.stop_] {});
  }

  runtime& rt_;
  std::shared_ptr<boost::asio::cancellation_signal> stop_;
  time_point end_ = never;
  bool fired_ = false;
};

}  // namespace ensue
