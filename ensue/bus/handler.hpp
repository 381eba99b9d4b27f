#pragma once

#include <ensue/async/task.hpp>
#include <ensue/bus/options.hpp>
#include <ensue/event/type_id.hpp>

#include <concepts>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

namespace ensue {

class context;

/// A handler with its event type erased; owned by its subscription.
class handler {
 public:
  /// A call without context, filter or result; true: it ran to its end.
  using plain_call = bool (*)(void* target, const void* event);

  virtual ~handler() = default;
  plain_call plain() const noexcept { return plain_; }
  void* target() noexcept { return target_; }
  bool coroutine() const noexcept { return coroutine_; }
  /// It runs to its end when it is called, although a worker calls it: see take_from_queue.
  bool function() const noexcept { return function_; }
  /// As `plain`, of such a function.
  plain_call plain_by_worker() const noexcept { return plain_by_worker_; }
  bool has_filter() const noexcept { return has_filter_; }
  bool has_key() const noexcept { return has_key_; }

  /// `type` is that of the whole event, of which `event` may be a base.
  virtual bool accepts(const void* event, const event_type_info& type) const = 0;
  virtual std::uint64_t key(const void* event, const event_type_info& type) const = 0;
  virtual void run(const void* event, context& c) = 0;  ///< not for coroutines
  /// By a worker; a plain function runs before it suspends.
  ///
  /// Cancellation: the user's coroutine sees it at its next wait.
  /// Errors:       whatever the user's coroutine throws.
  virtual task<> start(const void* event, context& c);
  /// As above, but for handlers of batches.
  virtual task<> start_batch(std::span<const void* const> events, context& c);
  virtual std::size_t bytes(const void*) const { return 0; }

  /// A plain function under a policy: called by a worker, never in place.
  void take_from_queue() noexcept {
    function_ = !std::exchange(coroutine_, true);
    plain_by_worker_ = std::exchange(plain_, nullptr);
  }

 protected:
  plain_call plain_ = nullptr;
  plain_call plain_by_worker_ = nullptr;
  void* target_ = nullptr;
  bool coroutine_ = false;
  bool function_ = false;
  bool has_filter_ = false;
  bool has_key_ = false;
};

namespace detail {

template <class T>
struct task_value {
  static constexpr bool is_task = false;
  using type = T;
};
template <class T>
struct task_value<task<T>> {
  static constexpr bool is_task = true;
  using type = T;
};

template <class F, class E>
constexpr bool takes_event = std::invocable<F&, const E&>;
template <class F, class E>
constexpr bool takes_context = std::invocable<F&, const E&, context&>;

template <class F, class E>
decltype(auto) invoke_handler(F& f, const E& e, context& c) {
  if constexpr (takes_context<F, E>) {
    return std::invoke(f, e, c);
  } else {
    (void)c;
    return std::invoke(f, e);
  }
}

/// Publishes (or collects) what a handler returned; defined in result.hpp.
template <class R>
void settle_result(R&& value, context& c);

template <class E, class F>
class typed_handler final : public handler {
 public:
  using returned = decltype(invoke_handler(std::declval<F&>(), std::declval<const E&>(),
                                           std::declval<context&>()));
  using value = typename task_value<std::remove_cvref_t<returned>>::type;
  static constexpr bool async = task_value<std::remove_cvref_t<returned>>::is_task;

  typed_handler(F f, std::function<bool(const E&)> where, key_of<E> key)
      : f_{std::move(f)}, where_{std::move(where)}, key_{std::move(key)} {
    coroutine_ = async;
    has_filter_ = static_cast<bool>(where_);
    has_key_ = static_cast<bool>(key_);
    if constexpr (!async && !takes_context<F, E> && std::is_void_v<returned>) {
      plain_ = [](void* target, const void* e) {
        std::invoke(*static_cast<F*>(target), *static_cast<const E*>(e));
        return true;
      };
      target_ = std::addressof(f_);
    }
  }

  bool accepts(const void* e, const event_type_info&) const override {
    return !where_ || where_(*static_cast<const E*>(e));
  }
  std::uint64_t key(const void* e, const event_type_info&) const override {
    return key_(*static_cast<const E*>(e));
  }

  void run(const void* event, context& c) override {
    const E& e = *static_cast<const E*>(event);
    if constexpr (async) {
      (void)e, (void)c;
    } else if constexpr (std::is_void_v<returned>) {
      invoke_handler(f_, e, c);
    } else {
      settle_result(invoke_handler(f_, e, c), c);
    }
  }

  task<> start(const void* event, context& c) override {
    const E& e = *static_cast<const E*>(event);
    if constexpr (!async) {
      return handler::start(event, c);
    } else if constexpr (std::is_void_v<value>) {
      return invoke_handler(f_, e, c);
    } else {
      return start_with_result(e, c);
    }
  }

 private:
  task<> start_with_result(const E& e, context& c) {
    if constexpr (async && !std::is_void_v<value>) {
      auto result = co_await invoke_handler(f_, e, c);
      settle_result(std::move(result), c);
    } else {
      (void)e, (void)c;
      co_return;
    }
  }

  F f_;
  std::function<bool(const E&)> where_;
  key_of<E> key_;
};

}  // namespace detail
}  // namespace ensue
