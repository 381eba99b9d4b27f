#pragma once

#include <ensue/bus/context.hpp>
#include <ensue/bus/event_ref.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/result.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace ensue::detail {

/// A handler of names: it gets each event as an event_ref.
template <class F>
class named_handler final : public handler {
 public:
  using returned = decltype(invoke_handler(std::declval<F&>(), std::declval<const event_ref&>(),
                                           std::declval<context&>()));
  using value = typename task_value<std::remove_cvref_t<returned>>::type;
  static constexpr bool async = task_value<std::remove_cvref_t<returned>>::is_task;

  named_handler(F f, std::function<bool(const event_ref&)> where, key_of<event_ref> key)
      : f_{std::move(f)}, where_{std::move(where)}, key_{std::move(key)} {
    coroutine_ = async;
    has_filter_ = static_cast<bool>(where_);
    has_key_ = static_cast<bool>(key_);
  }

  bool accepts(const void* e, const event_type_info& type) const override {
    return !where_ || where_(event_ref{type, e});
  }
  std::uint64_t key(const void* e, const event_type_info& type) const override {
    return key_(event_ref{type, e});
  }

  void run(const void*, context& c) override {
    if constexpr (!async) {
      const event_ref e = c.event();
      if constexpr (std::is_void_v<returned>) {
        invoke_handler(f_, e, c);
      } else {
        settle_result(invoke_handler(f_, e, c), c);
      }
    }
  }

  task<> start(const void*, context& c) override {
    if constexpr (async) {
      const event_ref e = c.event();
      if constexpr (std::is_void_v<value>) {
        co_await invoke_handler(f_, e, c);
      } else {
        auto result = co_await invoke_handler(f_, e, c);
        settle_result(std::move(result), c);
      }
    } else {
      run(nullptr, c);  // under a policy
    }
    co_return;
  }

 private:
  F f_;
  std::function<bool(const event_ref&)> where_;
  key_of<event_ref> key_;
};

}  // namespace ensue::detail
