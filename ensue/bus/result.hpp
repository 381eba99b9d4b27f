#pragma once

#include <ensue/bus/context.hpp>

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// What becomes of a handler's return value: collected when somebody asked for values of its type,
/// else published as caused by the event handled. An optional, vector, tuple or variant stands for
/// the events in it. Published values never wait (a handler that waited for its own queue would
/// never end): what does not fit throws errc::full, which is the handler's failure.
namespace ensue::detail {

template <class T>
inline constexpr char type_mark{};

template <class T>
struct vector_result : std::false_type {};
template <class T, class A>
struct vector_result<std::vector<T, A>> : std::true_type {};
template <class T>
struct optional_result : std::false_type {};
template <class T>
struct optional_result<std::optional<T>> : std::true_type {};
template <class T>
struct tuple_result : std::false_type {};
template <class... T>
struct tuple_result<std::tuple<T...>> : std::true_type {};
template <class T>
struct variant_result : std::false_type {};
template <class... T>
struct variant_result<std::variant<T...>> : std::true_type {};

/// Throws what is wrong; of a chain that was cut, with the chain.
void check_posted(error_code ec, const dispatcher& d);

template <class R>
void publish_value(R&& value, context& c) {
  using V = std::remove_cvref_t<R>;
  if constexpr (vector_result<V>::value) {
    for (auto& one : value) publish_value(std::move(one), c);
  } else if constexpr (optional_result<V>::value) {
    if (value) publish_value(std::move(*value), c);
  } else if constexpr (tuple_result<V>::value) {
    std::apply([&](auto&... one) { (publish_value(std::move(one), c), ...); }, value);
  } else if constexpr (variant_result<V>::value) {
    std::visit([&](auto& one) { publish_value(std::move(one), c); }, value);
  } else if constexpr (event<V>) {
    check_posted(c.try_post<V>(std::forward<R>(value)), c.engine());
  }
}

template <class R>
void settle_result(R&& value, context& c) {
  using V = std::remove_cvref_t<R>;
  const publication* p = c.at().waiting();
  if (p && p->result_type == &type_mark<V>) {
    p->add_result(p->results, std::addressof(value));
    return;
  }
  publish_value(std::forward<R>(value), c);
}

}  // namespace ensue::detail
