#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace ensue {
namespace detail {

struct no_value {};

// Shared by a promise (any thread) and its future (loop thread). `mutex` guards all but `waiters`
// and `landed`, which belong to the loop.
template <class T>
struct promise_state {
  using stored = std::conditional_t<std::is_void_v<T>, no_value, T>;
  explicit promise_state(runtime& r) noexcept : rt{&r} {}

  std::mutex mutex;
  runtime* rt;  // null once the future is gone
  bool set = false;
  std::optional<stored> value;
  std::exception_ptr error;
  work_list waiters;
  bool landed = false;
};

}  // namespace detail

template <class T>
class future;

/// The side of a completion that is handed to another thread. First come, first served: of several
/// calls of `set`, `fail` and destruction the first decides.
///
/// Threads: any, also several at once. Lifetime: may outlive the future and the runtime.
/// Cost: a lock and one hand-over to the loop (a system call).
template <class T = void>
class promise {
 public:
  promise(promise&&) noexcept = default;
  promise& operator=(promise&&) = delete;
  /// An unset promise that dies fails with errc::closed.
  ~promise() {
    if (state_) fail(std::make_exception_ptr(system_error{error_code{errc::closed}, "promise"}));
  }

  /// False, and nothing is done, when it was set before or nobody waits any more.
  template <class... Args>
  bool set(Args&&... args) {
    return decide([&](auto& s) { s.value.emplace(std::forward<Args>(args)...); });
  }
  bool fail(std::exception_ptr e) {
    return decide([&](auto& s) { s.error = std::move(e); });
  }

 private:
  friend class future<T>;
  using state = detail::promise_state<T>;
  explicit promise(std::shared_ptr<state> s) noexcept : state_{std::move(s)} {}

  template <class Store>
  bool decide(const Store& store) {
    const std::lock_guard lock{state_->mutex};
    if (state_->set || !state_->rt) return false;
    store(*state_);
    state_->set = true;
    // Under the lock: so the future, and with it the runtime, cannot go meanwhile.
    state_->rt->run_on_loop([s = state_] {
      s->landed = true;
      wake_all(s->waiters);
    });
    return true;
  }

  std::shared_ptr<state> state_;
};

/// The side that waits on the loop.
///
///     future<quote> answer{rt};
///     library.ask(request, [p = answer.get_promise()](quote q) mutable { p.set(q); });
///     const quote q = co_await answer.wait();
///
/// Lifetime: of the runtime; when it dies, the promise's `set` returns false from then on.
/// Threads: loop thread.
template <class T = void>
class future {
 public:
  explicit future(runtime& rt) : state_{std::make_shared<detail::promise_state<T>>(rt)} {}
  future(future&&) noexcept = default;
  future& operator=(future&&) = delete;
  ~future() {
    if (!state_) return;
    const std::lock_guard lock{state_->mutex};
    state_->rt = nullptr;
  }

  /// Once.
  promise<T> get_promise() { return promise<T>{state_}; }
  bool ready() const noexcept { return state_->landed; }
  /// The value; it is moved out.
  /// Cancellation: ends the wait by throwing; may wait again.
  /// Errors: what `fail` was given; errc::closed: the promise died unset.
  task<T> wait() {
    const auto s = state_;
    if (!s->landed) co_await wait_or_throw(s->waiters, *s->rt, "future");
    // Written before the hand-over to this thread, so no lock is needed.
    if (s->error) std::rethrow_exception(s->error);
    if constexpr (!std::is_void_v<T>) co_return std::move(*s->value);
  }

 private:
  std::shared_ptr<detail::promise_state<T>> state_;
};

}  // namespace ensue
