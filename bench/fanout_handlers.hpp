// The sixteen handlers of the fan-out: different types, so sixteen different call targets.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"
#include "harness/options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace bench::fanout {

template <int I>
struct adder {
  std::int64_t sum = 0;
  void on(const tick& e) { sum += e.price; }
};

template <class Seq>
struct adders_of;
template <int... I>
struct adders_of<std::integer_sequence<int, I...>> {
  using type = std::tuple<adder<I>...>;
};
using adders = adders_of<std::make_integer_sequence<int, 16>>::type;

inline adders& all() {
  static adders a;
  return a;
}

inline std::int64_t total() {
  return std::apply([](const auto&... a) { return (a.sum + ...); }, all());
}

/// Calls f with each of the first N handlers.
template <int N, class F>
void each(F f) {
  [&]<int... I>(std::integer_sequence<int, I...>) {
    (f(std::get<I>(all())), ...);
  }(std::make_integer_sequence<int, N>{});
}

template <int N, class Emit>
double ns_per_event(const options& o, std::string_view who, Emit emit) {
  const auto n = o.scaled(400'000.0 / (N + 3));
  const auto before = total();
  tick e(0);
  const auto begin = thread_cpu_ns();
  for (std::int64_t i = 0; i < n; ++i) {
    e.price = i;
    opaque(e);
    emit(e);
  }
  const auto spent = thread_cpu_ns() - begin;
  verify(total() - before, N * sum_below(n), who);
  return double(spent) / double(n);
}

}  // namespace bench::fanout
