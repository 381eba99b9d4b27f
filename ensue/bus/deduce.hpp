#pragma once

#include <ensue/async/task.hpp>

#include <concepts>
#include <type_traits>

namespace ensue {

class context;

namespace detail {

/// Stands for "cannot tell which event": a generic lambda, an overloaded or a wrong signature.
struct no_event {};

template <class... Args>
struct first_event {
  using type = no_event;
};
template <class E>
struct first_event<const E&> {
  using type = E;
};
template <class E>
struct first_event<const E&, context&> {
  using type = E;
};

template <class F>
struct signature : first_event<> {};
template <class R, class... A>
struct signature<R (*)(A...)> : first_event<A...> {};
template <class R, class... A>
struct signature<R (*)(A...) noexcept> : first_event<A...> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...)> : first_event<A...> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const> : first_event<A...> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) noexcept> : first_event<A...> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const noexcept> : first_event<A...> {};

template <class F>
struct event_of : signature<F> {};
template <class F>
  requires requires { &F::operator(); }
struct event_of<F> : signature<decltype(&F::operator())> {};

/// The event a handler takes, read from its signature; no_event when it has no single one.
template <class F>
using event_of_t = typename event_of<F>::type;

template <class M>
struct member_class;
template <class T, class C>
struct member_class<T C::*> {
  using type = C;
};

/// A member function of C or of a base of it.
template <class M, class C>
concept member_of = std::is_member_function_pointer_v<M> &&
                    std::derived_from<std::remove_const_t<C>, typename member_class<M>::type>;

/// The member function as a handler, without a context where it takes none.
template <class E, class C, class M>
auto member_call(C& object, M member) {
  if constexpr (std::invocable<M, C&, const E&, context&>) {
    return [&object, member](const E& e, context& c) { return (object.*member)(e, c); };
  } else {
    return [&object, member](const E& e) { return (object.*member)(e); };
  }
}

}  // namespace detail
}  // namespace ensue
