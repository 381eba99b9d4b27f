#pragma once

#include <ensue/async/wait.hpp>

namespace ensue {

/// As `wait_in`, but no longer than until `when`: it ends as wait_status::closed then. No timer is
/// armed for `never`.
class [[nodiscard]] timed_wait : public waiter {
 public:
  timed_wait(work_list& list, runtime& rt, const char* what, time_point when) noexcept
      : waiter{rt, what}, list_{list}, timer_{*this}, when_{when} {}

  template <boost::asio::completion_token_for<void(wait_status)> Token>
  auto operator()(Token&& token) {
    return boost::asio::async_initiate<Token, void(wait_status)>(
        [this](auto&& handler) {
          list_.push_back(*this);
          suspend(std::forward<decltype(handler)>(handler));
          if (when_ != never) owner().arm(timer_, when_);
        },
        token);
  }

 private:
  struct alarm : timer_entry {
    explicit alarm(timed_wait& w) noexcept : timer_entry{&alarm::ring}, wait{w} {}
    static void ring(work& w) { static_cast<alarm&>(w).wait.complete(wait_status::closed); }
    timed_wait& wait;
  };
  work_list& list_;
  alarm timer_;
  time_point when_;
};

}  // namespace ensue
