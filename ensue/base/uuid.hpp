#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/random.hpp>
#include <ensue/base/result.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace ensue {

/// A UUID (RFC 9562), 16 bytes in network order. Ordered by bytes, which for version 7 is by time.
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// Canonical text, lower case: 8-4-4-4-12.
  std::string text() const;
  void write(char* out36) const noexcept;
  int version() const noexcept { return bytes[6] >> 4; }
  /// RFC 9562 variant (10xx)?
  bool standard_variant() const noexcept { return (bytes[8] & 0xc0) == 0x80; }
  bool nil() const noexcept { return bytes == std::array<std::uint8_t, 16>{}; }
  /// Milliseconds since 1970 of a version 7 id.
  std::uint64_t unix_ms() const noexcept;

  /// Reads the canonical form, either case; anything else is errc::invalid.
  static result<uuid> parse(std::string_view text) noexcept;

  friend auto operator<=>(const uuid&, const uuid&) = default;
  friend bool operator==(const uuid&, const uuid&) = default;
};

/// Makes version 7 ids that rise strictly within one source (RFC 9562 6.2, method 1: a 12-bit
/// counter in rand_a; when it overflows or the clock steps back, the last time stamp is kept and
/// then advanced). Not thread-safe: one per runtime. Cost: one draw of the random stream.
class uuid_source {
 public:
  explicit uuid_source(random_stream random) noexcept : random_{random} {}
  uuid next(wall_time now) noexcept;

 private:
  random_stream random_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;
};

}  // namespace ensue
