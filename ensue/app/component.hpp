#pragma once

#include <ensue/async/task.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ensue {
namespace detail {

template <class R>
concept nothing_or_task = std::is_void_v<R> || std::same_as<R, task<>>;

template <class C>
concept has_name_member = requires(const C& c) {
  { c.name } -> std::convertible_to<std::string_view>;
};
template <class C>
concept has_name_function = requires(const C& c) {
  { c.name() } -> std::convertible_to<std::string_view>;
};

}  // namespace detail

template <class C>
concept has_name = detail::has_name_member<C> || detail::has_name_function<C>;
template <class C>
concept has_start = requires(C& c) {
  { c.start() } -> detail::nothing_or_task;
};
template <class C>
concept has_stop = requires(C& c) {
  { c.stop() } -> detail::nothing_or_task;
};

/// A part of a service with a life of its own: a feed, a gateway, a store.
///
///     struct feed {
///       static constexpr std::string_view name = "feed";   // or a member, or name()
///       ensue::task<> start();                             // or void; ready when it ends
///       ensue::task<> stop();                              // or void; nothing runs after it
///       ensue::task<> run();                               // optional: from start to stop
///       void stop_intake();                                // optional, or task<>
///     };
///
/// `run` is what it does between the two: an exception out of it is the component's failure, its
/// return is none. `stop_intake` comes first in a shutdown: take nothing new in, finish what is
/// there. `stop` is called once after every `start` that ended well, also after a failure of `run`.
template <class C>
concept component = has_name<C> && has_start<C> && has_stop<C>;

/// A component with its type erased.
class component_handle {
 public:
  virtual ~component_handle() = default;
  virtual std::string_view name() const = 0;
  /// One step of its life. Cancellation: passed on to the component. Errors: what it throws.
  virtual task<> start() = 0;
  /// As start. Cancellation: passed on. Errors: what it throws.
  virtual task<> stop() = 0;
  /// Ends at once when the component has none. Cancellation: passed on. Errors: what it throws.
  virtual task<> run() = 0;
  /// Ends at once when the component has none. Cancellation: passed on. Errors: what it throws.
  virtual task<> stop_intake() = 0;
  virtual bool has_run() const noexcept = 0;
  virtual bool has_intake() const noexcept = 0;
  /// The object, if it is a `C`; else null. `type` is an address unique to the type.
  virtual void* object(const void* type) noexcept = 0;
};

namespace detail {

template <class C>
inline constexpr char component_type_mark{};

template <class C>
constexpr void require_component() {
  static_assert(has_name<C>, "a component needs a `name`: a member or function giving text");
  static_assert(has_start<C>, "a component needs `task<> start()` or `void start()`");
  static_assert(has_stop<C>, "a component needs `task<> stop()` or `void stop()`");
}

template <class C>
std::string_view component_name(const C& c) {
  require_component<C>();
  if constexpr (has_name_member<C>) {
    return c.name;
  } else if constexpr (has_name_function<C>) {
    return c.name();
  } else {
    return {};
  }
}

/// The name of a component given by reference or by pointer.
template <class C>
std::string named(const C& c) {
  return std::string{component_name(c)};
}
template <class C>
std::string named(const std::unique_ptr<C>& c) {
  return named(*c);
}
template <class C>
std::string named(const std::shared_ptr<C>& c) {
  return named(*c);
}

// Holder: a pointer of any kind to C.
template <class C, class Holder>
class held_component final : public component_handle {
 public:
  explicit held_component(Holder c) : object_{std::move(c)} {}

  std::string_view name() const override { return component_name(std::as_const(*object_)); }
  task<> start() override {
    if constexpr (std::is_void_v<decltype(object_->start())>) {
      object_->start();
      co_return;
    } else {
      co_await object_->start();
    }
  }
  task<> stop() override {
    if constexpr (std::is_void_v<decltype(object_->stop())>) {
      object_->stop();
      co_return;
    } else {
      co_await object_->stop();
    }
  }
  task<> run() override {
    if constexpr (runs) co_await object_->run();
    co_return;
  }
  task<> stop_intake() override {
    if constexpr (takes_in) {
      if constexpr (std::is_void_v<decltype(object_->stop_intake())>) {
        object_->stop_intake();
      } else {
        co_await object_->stop_intake();
      }
    }
    co_return;
  }
  bool has_run() const noexcept override { return runs; }
  bool has_intake() const noexcept override { return takes_in; }
  void* object(const void* type) noexcept override {
    return type == &component_type_mark<C> ? static_cast<void*>(std::to_address(object_)) : nullptr;
  }

 private:
  static constexpr bool runs = requires(C& c) {
    { c.run() } -> std::same_as<task<>>;
  };
  static constexpr bool takes_in = requires(C& c) {
    { c.stop_intake() } -> nothing_or_task;
  };
  Holder object_;
};

template <class C, class Holder>
std::unique_ptr<component_handle> hold_component(Holder c) {
  require_component<C>();
  return std::make_unique<held_component<C, Holder>>(std::move(c));
}

}  // namespace detail
}  // namespace ensue
