#pragma once

#include <ensue/bus/context.hpp>
#include <ensue/bus/event_ref.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/result.hpp>
#include <ensue/event/json_text.hpp>
#include <ensue/event/topic_index.hpp>

#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ensue {

class subscription_state;

/// Who subscribed to which pattern of names. Asked when a dispatch list is built, never per event.
class name_index {
 public:
  void add(subscription_state& s);
  void remove(const subscription_state& s) noexcept;
  /// Those whose pattern matches, in no particular order.
  void match(std::string_view name, std::vector<subscription_state*>& out);

 private:
  topic_index index_;
  std::vector<subscription_state*> slots_;  // by the index's value
  boost::unordered_flat_map<const subscription_state*, topic_index::value> slot_of_;
  std::vector<topic_index::value> free_;
  std::vector<topic_index::value> found_;
};

namespace detail {

/// A record of the event that a name and a text stand for, see bus::emit_named.
json_result<record_ref> named_record(dispatcher& d, std::string_view name, std::string_view json,
                                     int version);

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

}  // namespace detail
}  // namespace ensue
