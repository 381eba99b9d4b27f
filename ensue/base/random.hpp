#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ensue {

/// A named stream of random numbers: xoshiro256** (Blackman and Vigna, public domain design),
/// seeded by splitmix64. Same seed and name, same numbers, on every compiler: no std::distribution
/// is used, they differ between libraries. Not for secrets. One owner, one thread.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) noexcept;
  /// A stream of its own for `name`: drawing from one never shifts another.
  random_stream(std::uint64_t seed, std::string_view name) noexcept;

  std::uint64_t next() noexcept;
  /// Uniform in [0, n); 0 when n is 0. Bias below 2^-64 * n.
  std::uint64_t below(std::uint64_t n) noexcept;
  /// Uniform in [0, 1).
  double unit() noexcept;
  /// True with probability `permille` / 1000.
  bool chance(unsigned permille) noexcept { return below(1000) < permille; }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace ensue
