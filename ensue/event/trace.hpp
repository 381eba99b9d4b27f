#pragma once

#include <ensue/base/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ensue {

/// Where an event stands in a distributed trace: the `traceparent` of W3C Trace Context level 2.
/// All zero means "not traced".
struct trace_parent {
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::uint8_t flags = 0;  ///< bit 0 sampled, bit 1 random

  bool valid() const noexcept;
  bool sampled() const noexcept { return (flags & 1) != 0; }

  /// `00-<32 hex>-<16 hex>-<2 hex>`, lower case.
  std::string text() const;

  /// Reads a header value. errc::invalid for upper case, zero ids, version ff, a version 00 of any
  /// other length; a higher version may go on after a dash. Nothing of an invalid one may be used,
  /// its tracestate included.
  static result<trace_parent> parse(std::string_view text) noexcept;

  friend bool operator==(const trace_parent&, const trace_parent&) = default;
};

}  // namespace ensue
