#pragma once

#include <ensue/bus/deduce.hpp>
#include <ensue/bus/handler.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace ensue::detail {

/// A member function of an object that may go at any time; it stays while it is being called.
template <class C, class M, class E>
class bound_member {
 public:
  bound_member(const std::shared_ptr<C>& object, M member) : object_{object}, member_{member} {}

  auto operator()(const E& e, context& c) const {
    using returned = decltype(call(std::declval<C&>(), member_, e, c));
    if constexpr (task_value<std::remove_cvref_t<returned>>::is_task) {
      return keep<typename task_value<std::remove_cvref_t<returned>>::type>(object_.lock(), member_,
                                                                            e, c);
    } else {
      const std::shared_ptr<C> object = object_.lock();
      return call(*object, member_, e, c);
    }
  }

 private:
  static auto call(C& object, M member, const E& e, context& c) {
    if constexpr (std::invocable<M, C&, const E&, context&>) {
      return (object.*member)(e, c);
    } else {
      (void)c;
      return (object.*member)(e);
    }
  }
  template <class T>
  static task<T> keep(std::shared_ptr<C> object, M member, const E& e, context& c) {
    co_return co_await call(*object, member, e, c);
  }

  std::weak_ptr<C> object_;
  M member_;
};

}  // namespace ensue::detail
