#pragma once

#include <ensue/async/wait_or_throw.hpp>

namespace ensue {

/// The operation behind `sleep_for` and `sleep_until`.
class [[nodiscard]] sleeping : public waiter {
 public:
  sleeping(runtime& rt, time_point when, const char* what) noexcept
      : waiter{rt, what}, timer_{*this}, when_{when} {}

  template <boost::asio::completion_token_for<void(error_code)> Token>
  auto operator()(Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        [this](auto&& handler) {
          using stored = std::decay_t<decltype(handler)>;
          suspend(throwing_handler<stored>{std::move(handler)});
          owner().arm(timer_, when_);
        },
        token);
  }

 private:
  struct alarm : timer_entry {
    explicit alarm(sleeping& s) noexcept : timer_entry{&alarm::ring}, sleeper{s} {}
    static void ring(work& w) { static_cast<alarm&>(w).sleeper.complete(wait_status::ready); }
    sleeping& sleeper;
  };
  alarm timer_;
  time_point when_;
};

/// `co_await sleep_until(rt, when)`: goes on at that time, never early. `what` names the wait.
///
/// Shape: one timer entry in the awaiting frame.
/// Threads: loop thread, resumes there.
/// Order: equal times resume in the order they began.
/// Cancellation: ends it at once by throwing; nothing stays armed.
/// Cost: O(log n) of the armed timers, no allocation. A time in the past still yields once.
inline sleeping sleep_until(runtime& rt, time_point when, const char* what = "sleep") noexcept {
  return {rt, when, what};
}

/// `co_await sleep_for(rt, 5ms)`. As `sleep_until`.
inline sleeping sleep_for(runtime& rt, duration d, const char* what = "sleep") noexcept {
  return {rt, saturating_add(rt.now(), d), what};
}

}  // namespace ensue
