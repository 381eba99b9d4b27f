#pragma once

#include <ensue/base/clock.hpp>

#include <array>
#include <cstdint>

namespace ensue {

/// How many calls there were lately and how many of them failed: ten slots of a tenth of the
/// window each, so that memory is bounded and the age of a call is exact to a tenth.
class breaker_window {
 public:
  explicit breaker_window(duration window) noexcept;

  void add(time_point now, bool failed) noexcept;
  void clear() noexcept;
  struct sums {
    std::uint64_t calls = 0, failed = 0;
  };
  sums count(time_point now) noexcept;

 private:
  static constexpr std::int64_t slots = 10;
  void turn(time_point now) noexcept;

  std::int64_t slot_;  // ns
  std::int64_t newest_ = 0;
  std::array<sums, slots> all_{};
};

}  // namespace ensue
