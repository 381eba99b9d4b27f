#pragma once

#include <ensue/async/wait.hpp>
#include <ensue/base/result.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>

namespace ensue {

/// ready: none. cancelled: Asio's operation_aborted. closed: errc::closed.
inline error_code to_error(wait_status status) noexcept {
  switch (status) {
    case wait_status::ready: return {};
    case wait_status::cancelled: return boost::asio::error::operation_aborted;
    case wait_status::closed: break;
  }
  return errc::closed;
}

/// Makes a handler of an error_code out of a wait's end; Asio throws it in the awaiting coroutine.
template <class Handler>
struct throwing_handler {
  using cancellation_slot_type = boost::asio::associated_cancellation_slot_t<Handler>;
  cancellation_slot_type get_cancellation_slot() const noexcept {
    return boost::asio::get_associated_cancellation_slot(handler);
  }
  void operator()(wait_status status) { std::move(handler)(to_error(status)); }

  Handler handler;
};

template <class Handler>
void unwind(throwing_handler<Handler>& h) {
  unwind(h.handler);
}

/// As `wait_in`, but a wait that was cancelled or closed throws.
class [[nodiscard]] wait_or_throw : public waiter {
 public:
  wait_or_throw(work_list& list, runtime& rt, const char* what) noexcept
      : waiter{rt, what}, list_{list} {}

  template <boost::asio::completion_token_for<void(error_code)> Token>
  auto operator()(Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code)>(
        [this](auto&& handler) {
          using stored = std::decay_t<decltype(handler)>;
          list_.push_back(*this);
          suspend(throwing_handler<stored>{std::move(handler)});
        },
        token);
  }

 private:
  work_list& list_;
};

/// Waits in a list whatever happens to the awaiting coroutine. Its cancellation is handed to
/// `on_cancel(owner)`, or to nobody when that is null, and the wait goes on.
class [[nodiscard]] wait_through : public waiter {
 public:
  using owner_function = void (*)(void* owner) noexcept;
  wait_through(work_list& list, runtime& rt, const char* what, owner_function on_cancel = nullptr,
               void* owner = nullptr) noexcept
      : waiter{rt, what}, list_{list}, on_cancel_{on_cancel}, owner_{owner} {}

  template <boost::asio::completion_token_for<void(wait_status)> Token>
  auto operator()(Token&& token) {
    return boost::asio::async_initiate<Token, void(wait_status)>(
        [this](auto&& handler) {
          list_.push_back(*this);
          suspend(std::forward<decltype(handler)>(handler), &wait_through::pass_on);
        },
        token);
  }

 private:
  static void pass_on(waiter& w) noexcept {
    auto& self = static_cast<wait_through&>(w);
    if (self.on_cancel_) self.on_cancel_(self.owner_);
  }
  work_list& list_;
  owner_function on_cancel_;
  void* owner_;
};

/// As `wait_through`, but also for a coroutine that may be cancelled already (its awaits throw):
/// then `on_cancel` is called before the wait.
///
/// Cancellation: calls `on_cancel`, and goes on waiting.
/// Errors:       none.
task<> wait_firmly(work_list& list, runtime& rt, const char* what,
                   wait_through::owner_function on_cancel = nullptr, void* owner = nullptr);

}  // namespace ensue
