#pragma once

#include <cstdint>
#include <string_view>

namespace ensue::sim {

/// A running 64-bit hash over everything that happened, in order.
class trace_hash {
 public:
  void add(std::uint64_t v) noexcept {
    value_ = (value_ ^ v) * 0x9e37'79b9'7f4a'7c15ull;
    value_ ^= value_ >> 29;
  }
  void add(std::string_view text) noexcept {
    for (const char c : text) add(static_cast<unsigned char>(c));
    add(text.size());
  }
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xcbf2'9ce4'8422'2325ull;
};

}  // namespace ensue::sim
