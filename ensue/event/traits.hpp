#pragma once

#include <boost/describe/bases.hpp>
#include <boost/describe/modifiers.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>

namespace ensue {

/// What may be an event: a plain struct or class. Handlers see it as `const E&`.
template <class E>
concept event = std::is_class_v<E> && std::same_as<E, std::remove_cvref_t<E>> &&
                std::is_nothrow_destructible_v<E>;

/// A list of base events, for types that are not described (see event_traits::bases).
template <class... Bases>
struct bases {};

/// Specialise to give an event a name and version that outlive a rename of the C++ type:
///
///   template <> struct ensue::event_traits<order_placed> {
///     static constexpr std::string_view name = "order.placed";
///     static constexpr int version = 2;                         // optional, default 1
///     using bases = ensue::bases<domain_event>;                 // optional
///   };
///
/// or put `static constexpr std::string_view event_name`, `static constexpr int event_version` and
/// `using ensue_bases = ensue::bases<...>` into the struct itself. The specialisation wins.
/// Bases of a type with BOOST_DESCRIBE_STRUCT need no listing. A derived struct inherits the alias
/// `ensue_bases` of its base: each level of an undescribed hierarchy must state its own.
template <class E>
struct event_traits {};

namespace detail {

template <class T>
constexpr std::string_view readable_type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}

template <class...>
struct concat;
template <class... A>
struct concat<bases<A...>> {
  using type = bases<A...>;
};
template <class... A, class... B, class... Rest>
struct concat<bases<A...>, bases<B...>, Rest...> : concat<bases<A..., B...>, Rest...> {};

template <class>
struct described_list;
template <template <class...> class List, class... D>
struct described_list<List<D...>> {
  using type = bases<typename D::type...>;
};

template <class E>
constexpr auto direct_bases() {
  if constexpr (requires { typename event_traits<E>::bases; }) {
    return typename event_traits<E>::bases{};
  } else if constexpr (boost::describe::has_describe_bases<E>::value) {
    using list = boost::describe::describe_bases<E, boost::describe::mod_public>;
    return typename described_list<list>::type{};
  } else if constexpr (requires { typename E::ensue_bases; }) {
    return typename E::ensue_bases{};
  } else {
    return bases<>{};
  }
}

/// A static member that a base already has is inherited, and says nothing about the derived type.
template <class E, class... Bases>
constexpr bool own_name(bases<Bases...>) {
  return (... && [] {
    if constexpr (requires { Bases::event_name; }) {
      return &E::event_name != &Bases::event_name;
    } else {
      return true;
    }
  }());
}
template <class E, class... Bases>
constexpr bool own_version(bases<Bases...>) {
  return (... && [] {
    if constexpr (requires { Bases::event_version; }) {
      return &E::event_version != &Bases::event_version;
    } else {
      return true;
    }
  }());
}

/// `path<E, B1, B2>` is how B2 is reached from E; it survives a base that is there twice.
template <class... Steps>
struct path {};

template <class Path, class Direct>
struct paths;

template <class... Steps, class... Direct>
struct paths<path<Steps...>, bases<Direct...>> {
  using type = typename concat<
      bases<path<Steps...>>,
      typename paths<path<Steps..., Direct>, decltype(direct_bases<Direct>())>::type...>::type;
};

}  // namespace detail

/// The direct bases of E that are events to handlers, in declaration order.
template <event E>
using direct_bases_t = decltype(detail::direct_bases<E>());

/// True when the event has a name of its own, fit for a wire or a store.
template <event E>
constexpr bool has_stable_name() {
  if constexpr (requires { event_traits<E>::name; }) {
    return true;
  } else if constexpr (requires { E::event_name; }) {
    return detail::own_name<E>(direct_bases_t<E>{});
  } else {
    return false;
  }
}

/// The stable name, or else the C++ type's: readable, differs between compilers, never on a wire.
template <event E>
constexpr std::string_view event_name() {
  if constexpr (requires { event_traits<E>::name; }) {
    return event_traits<E>::name;
  } else if constexpr (has_stable_name<E>()) {
    return E::event_name;
  } else {
    return detail::readable_type_name<E>();
  }
}

/// The version of the event's shape, from 1.
template <event E>
constexpr int event_version() {
  if constexpr (requires { event_traits<E>::version; }) {
    return event_traits<E>::version;
  } else if constexpr (requires { E::event_version; }) {
    return detail::own_version<E>(direct_bases_t<E>{}) ? E::event_version : 1;
  } else {
    return 1;
  }
}

}  // namespace ensue
