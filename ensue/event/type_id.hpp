#pragma once

#include <ensue/event/traits.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace ensue {

/// A dense number per event type, for use as an array index: 0, 1, 2 … in the order of first use.
/// It differs from run to run as the order of first use does, so it must never be shown or stored;
/// `event_type_info::name` is for that.
using event_type_id = std::uint32_t;

struct event_type_info;

/// One type that a handler of which receives the event: the event's own or one of its bases.
struct event_view {
  const event_type_info* type;
  const void* (*upcast)(const void* event) noexcept;  ///< from the event to this part of it
};

/// Everything the framework knows of an event type, erased. Constant, one object per type, lives as
/// long as the program: compare and keep its address freely, but order by `name`.
struct event_type_info {
  std::string_view name;
  int version;
  bool stable_name;  ///< `name` may go on a wire
  std::size_t size;
  std::size_t align;
  /// Itself first, then its bases depth-first in declaration order, each type once.
  std::span<const event_view> views;
  event_type_id (*id)() noexcept;
  void (*destroy)(void* event) noexcept;     ///< nullptr: nothing to do
  void (*move)(void* to, void* from);        ///< constructs in raw memory; nullptr: not movable
  void (*copy)(void* to, const void* from);  ///< as above; nullptr: not copyable
};

namespace detail {

/// Zero until the first use, then id + 1. A constant initialiser, so that an event type may be used
/// from any static initialiser and any thread.
template <class E>
inline constinit std::atomic<std::uint32_t> type_slot{0};  // NOLINT(*-non-const-global-variables)

/// Gives the slot its number, once, whoever comes first. Thread-safe.
std::uint32_t claim_type_slot(std::atomic<std::uint32_t>& slot) noexcept;

}  // namespace detail

/// Cost: one load and a branch that is always predicted.
template <event E>
event_type_id type_id() noexcept {
  const std::uint32_t slot = detail::type_slot<E>.load(std::memory_order_relaxed);
  if (slot != 0) [[likely]]
    return slot - 1;
  return detail::claim_type_slot(detail::type_slot<E>) - 1;
}

/// One more than the highest id given so far.
event_type_id type_id_count() noexcept;

template <event E>
const event_type_info& event_type() noexcept;

namespace detail {

template <class From, class To, class... Rest>
const void* climb(const From* event) noexcept {
  const To* base = event;
  if constexpr (sizeof...(Rest) == 0) {
    return base;
  } else {
    return climb<To, Rest...>(base);
  }
}

template <class E, class... Rest>
const void* upcast(const void* event) noexcept {
  if constexpr (sizeof...(Rest) == 0) {
    return event;
  } else {
    return climb<E, Rest...>(static_cast<const E*>(event));
  }
}

template <class E>
struct type_facts;

template <class E, class... Rest>
struct last_of : last_of<Rest...> {};
template <class E>
struct last_of<E> {
  using type = E;
};

template <class... Steps>
constexpr event_view view_of(path<Steps...>) {
  return {&type_facts<typename last_of<Steps...>::type>::info, &upcast<Steps...>};
}

/// Keeps the first path to each base.
template <class Kept, class... Paths>
struct first_paths {
  using type = Kept;
};
template <class... Kept, class... Steps, class... Paths>
struct first_paths<bases<Kept...>, path<Steps...>, Paths...> {
  template <class... Others>
  static constexpr bool ends_alike(path<Others...>) {
    return std::same_as<typename last_of<Others...>::type, typename last_of<Steps...>::type>;
  }
  using next = std::conditional_t<(... || ends_alike(Kept{})), bases<Kept...>,
                                  bases<Kept..., path<Steps...>>>;
  using type = typename first_paths<next, Paths...>::type;
};

template <class Paths>
struct view_table;
template <class... Paths>
struct view_table<bases<Paths...>> {
  static constexpr std::size_t size = sizeof...(Paths);
  static const event_view all[size];
};
template <class... Paths>
constexpr event_view view_table<bases<Paths...>>::all[] = {view_of(Paths{})...};

template <class Paths>
struct views_of;
template <class... Paths>
struct views_of<bases<Paths...>> {
  using type = view_table<typename first_paths<bases<>, Paths...>::type>;
};

template <class E>
constexpr auto mover() -> void (*)(void*, void*) {
  if constexpr (std::is_move_constructible_v<E>) {
    return [](void* to, void* from) { ::new (to) E(std::move(*static_cast<E*>(from))); };
  } else {
    return nullptr;
  }
}

template <class E>
constexpr auto copier() -> void (*)(void*, const void*) {
  if constexpr (std::is_copy_constructible_v<E>) {
    return [](void* to, const void* from) { ::new (to) E(*static_cast<const E*>(from)); };
  } else {
    return nullptr;
  }
}

template <class E>
constexpr auto destroyer() -> void (*)(void*) noexcept {
  if constexpr (std::is_trivially_destructible_v<E>) {
    return nullptr;
  } else {
    return [](void* event) noexcept { std::destroy_at(static_cast<E*>(event)); };
  }
}

template <class E>
struct type_facts {
  static const event_type_info info;
  using views = typename views_of<typename paths<path<E>, direct_bases_t<E>>::type>::type;
};

template <class E>
constexpr event_type_info type_facts<E>::info{
    event_name<E>(),           event_version<E>(), has_stable_name<E>(), sizeof(E),  alignof(E),
    {views::all, views::size}, &type_id<E>,        destroyer<E>(),       mover<E>(), copier<E>()};

}  // namespace detail

template <event E>
const event_type_info& event_type() noexcept {
  return detail::type_facts<E>::info;
}

}  // namespace ensue
