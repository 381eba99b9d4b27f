// The event of every workload, and the check that nothing was lost.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {

/// A market tick: 64 bytes, 48 of them used.
struct tick {
  tick() = default;  ///< left as it is, as a plain struct would be
  explicit tick(std::int64_t value, std::int64_t from = 0)
      : symbol{'B', 'T', 'C', '-', 'U', 'S', 'D'},
        price{value},
        lane{from},
        stamp{0},
        sequence{value},
        unused{} {}

  char symbol[16];
  std::int64_t price;
  std::int64_t lane;   ///< which producer
  std::int64_t stamp;  ///< wall_ns() when it was published; 0 if nobody asks
  std::int64_t sequence;
  char unused[16];
};
static_assert(sizeof(tick) == 64);

/// 0 + 1 + ... + (n - 1): what the handlers must have added up.
constexpr std::int64_t sum_below(std::int64_t n) { return n * (n - 1) / 2; }

/// A candidate that loses or doubles an event has no speed.
inline void verify(std::int64_t got, std::int64_t want, std::string_view who) {
  if (got == want) return;
  std::fprintf(stderr, "%.*s: wrong sum %lld, expected %lld\n", int(who.size()), who.data(),
               static_cast<long long>(got), static_cast<long long>(want));
  std::_Exit(3);
}

}  // namespace bench
