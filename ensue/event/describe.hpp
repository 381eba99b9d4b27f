#pragma once

#include <boost/describe/bases.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace ensue {

/// A struct with BOOST_DESCRIBE_STRUCT or BOOST_DESCRIBE_CLASS.
template <class T>
concept described = boost::describe::has_describe_members<T>::value &&
                    boost::describe::has_describe_bases<T>::value && !std::is_union_v<T>;

/// An enum with BOOST_DESCRIBE_ENUM or BOOST_DEFINE_ENUM_CLASS.
template <class T>
concept described_enum = boost::describe::has_describe_enumerators<T>::value;

/// Calls `f` with the descriptor (`name`, `pointer`) of each data member: those of bases first, in
/// declaration order, then its own. Private and protected members that the description names too.
template <described T, class F>
constexpr void for_each_field(F&& f) {
  using namespace boost::describe;
  boost::mp11::mp_for_each<describe_bases<T, mod_public>>([&]<class Base>(Base) {
    static_assert(described<typename Base::type>,
                  "a base of this struct is not described: add BOOST_DESCRIBE_STRUCT for it");
    if constexpr (described<typename Base::type>) for_each_field<typename Base::type>(f);
  });
  boost::mp11::mp_for_each<describe_members<T, mod_any_access>>(f);
}

namespace detail {

template <class T>
constexpr std::size_t count_fields() {
  std::size_t n = 0;
  for_each_field<T>([&n](auto) { ++n; });
  return n;
}

template <class T>
constexpr auto collect_field_names() {
  std::array<std::string_view, count_fields<T>()> names{};
  std::size_t n = 0;
  for_each_field<T>([&](auto field) { names[n++] = field.name; });
  return names;
}

template <std::size_t N>
constexpr bool all_differ(const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (names[i] == names[j]) return false;
  return true;
}

}  // namespace detail

/// The names in the order of for_each_field.
template <described T>
inline constexpr auto field_names = detail::collect_field_names<T>();

/// The name of an enumerator; empty when the value has none.
template <described_enum E>
std::string_view enum_name(E value) noexcept {
  std::string_view name;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (name.empty() && d.value == value) name = d.name;
  });
  return name;
}

/// False when no enumerator has that name; `out` is left alone then.
template <described_enum E>
bool enum_value(std::string_view name, E& out) noexcept {
  bool found = false;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (!found && name == d.name) out = d.value, found = true;
  });
  return found;
}

}  // namespace ensue
