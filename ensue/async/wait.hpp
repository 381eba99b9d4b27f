#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <new>
#include <type_traits>
#include <utility>

namespace ensue {

/// How a wait ended. `closed`: the thing waited for was shut.
enum class wait_status : std::uint8_t { ready, cancelled, closed };

/// A kind of cancellation that only our own jobs send and only our own waits obey: destroy the
/// coroutine where it stands.
inline constexpr auto abandonment = static_cast<boost::asio::cancellation_type>(1U << 16);

/// Destroys the coroutine that `handler` would resume, here and now. Asio by itself posts that to
/// the executor: too late when an outer frame, to which inner ones refer, dies first.
template <class Handler>
void unwind(Handler& handler) {
  using thread = boost::asio::detail::awaitable_thread<boost::asio::any_io_executor>;
  struct unwinder : thread {
    explicit unwinder(thread&& t) : thread{std::move(t)} {}
    ~unwinder() { const auto frames = std::move(this->bottom_of_stack_); }
  };
  if constexpr (std::is_base_of_v<thread, Handler>) unwinder{std::move(handler)};
}

/// One suspended coroutine: the primitive under every wait of ours. It lives inside the awaiting
/// frame (no allocation), stands in the list of what it waits for, and is scheduled exactly once
/// by whoever comes first: `complete(ready)`, a cancellation, or a close. Resumes from the loop,
/// never inside the call that completed it.
///
/// Ownership runs in a ring while suspended: the frame holds the waiter, which holds the handler,
/// which owns the frame. Resuming breaks the ring; a runtime that ends breaks it by `abandon`.
class waiter : public work {
 public:
  waiter(runtime& rt, const char* what) noexcept : work{&waiter::resume}, rt_{&rt}, what_{what} {}
  ~waiter();

  /// Ends the wait; false when it had ended before (then `status` did not change).
  bool complete(wait_status status) noexcept;
  bool pending() const noexcept { return vtable_ != nullptr && !completed_; }
  /// Destroys the suspended coroutine instead of resuming it.
  void abandon();
  const char* what() const noexcept { return what_; }
  /// What the loop was running when the wait began; null if that had no name.
  const char* label() const noexcept { return label_; }
  runtime& owner() const noexcept { return *rt_; }
  waiter* next_waiting() const noexcept { return newer_; }

 protected:
  /// What a cancellation of the awaiting coroutine does to its wait.
  using cancel_function = void (*)(waiter&) noexcept;
  static void end_wait(waiter& w) noexcept { w.complete(wait_status::cancelled); }
  static void ignore(waiter&) noexcept {}

  /// Takes the handler. Afterwards the coroutine is suspended.
  template <class Handler>
  void suspend(Handler&& handler, cancel_function on_cancel = &waiter::end_wait) {
    using stored = std::decay_t<Handler>;
    static_assert(sizeof(stored) <= sizeof(storage_) && alignof(stored) <= alignof(void*));
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.template emplace<cancellation>(this, on_cancel);
    ::new (static_cast<void*>(storage_)) stored(std::forward<Handler>(handler));
    vtable_ = &table_for<stored>;
    link();
  }

 private:
  struct vtable {
    void (*invoke)(waiter&);
    void (*drop)(waiter&);
  };
  struct cancellation {
    cancellation(waiter* w, cancel_function f) noexcept : waiter_{w}, on_cancel_{f} {}
    void operator()(boost::asio::cancellation_type type) const {
      if ((type & abandonment) != boost::asio::cancellation_type::none) {
        waiter_->abandon();
      } else if (type != boost::asio::cancellation_type::none) {
        on_cancel_(*waiter_);
      }
    }
    waiter* waiter_;
    cancel_function on_cancel_;
  };
  template <class Stored>
  Stored take_handler() {
    Stored* at = std::launder(reinterpret_cast<Stored*>(storage_));
    Stored handler(std::move(*at));
    at->~Stored();
    vtable_ = nullptr;
    return handler;
  }
  template <class Stored>
  static void invoke_handler(waiter& w) {
    Stored handler = w.take_handler<Stored>();
    std::move(handler)(w.status_);  // `w` may be gone after this
  }
  template <class Stored>
  static void drop_handler(waiter& w) {
    Stored handler = w.take_handler<Stored>();
    // A cancellation that is on its way already must not find this wait.
    if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected())
      slot.clear();
    unwind(handler);
  }
  template <class Stored>
  static constexpr vtable table_for{&invoke_handler<Stored>, &drop_handler<Stored>};

  static void resume(work& w);
  void link() noexcept;
  void unlink_from_runtime() noexcept;

  friend class runtime;
  runtime* rt_;
  const char* what_;
  const char* label_ = nullptr;  // stays with the coroutine: set again when it resumes
  const vtable* vtable_ = nullptr;
  waiter* older_ = nullptr;
  waiter* newer_ = nullptr;
  wait_status status_ = wait_status::ready;
  bool completed_ = false;
  alignas(void*) unsigned char storage_[4 * sizeof(void*)];
};

/// `co_await wait_in(list, rt, "orders queue")` stands in `list` until somebody completes it.
/// Result: how it ended, never an exception (but, as every co_await in Asio, the await itself
/// throws operation_aborted when the coroutine was already cancelled before it began).
class [[nodiscard]] wait_in : public waiter {
 public:
  wait_in(work_list& list, runtime& rt, const char* what) noexcept
      : waiter{rt, what}, list_{list} {}

  template <boost::asio::completion_token_for<void(wait_status)> Token>
  auto operator()(Token&& token) {
    return boost::asio::async_initiate<Token, void(wait_status)>(
        [this](auto&& handler) {
          list_.push_back(*this);
          suspend(std::forward<decltype(handler)>(handler));
        },
        token);
  }

 private:
  work_list& list_;
};

/// `co_await yield(rt)`: lets everything that is ready now run first. Not cancellable by itself.
class [[nodiscard]] yield : public waiter {
 public:
  explicit yield(runtime& rt) noexcept : waiter{rt, "yield"} {}

  template <boost::asio::completion_token_for<void(wait_status)> Token>
  auto operator()(Token&& token) {
    return boost::asio::async_initiate<Token, void(wait_status)>(
        [this](auto&& handler) {
          suspend(std::forward<decltype(handler)>(handler), &waiter::ignore);
          complete(wait_status::ready);
        },
        token);
  }
};

/// Completes the longest waiting entry of `list`; false if there is none.
bool wake_one(work_list& list) noexcept;
/// Completes all that wait now, in order.
void wake_all(work_list& list, wait_status status = wait_status::ready) noexcept;

}  // namespace ensue
