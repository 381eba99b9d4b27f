#pragma once

#include "decimal.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <limits>
#include <optional>

namespace trading {

/// A JSON integer; text when its reader's 64 bits could not hold it exactly.
inline boost::json::value exact_number(int128 n) {
  using limits = std::numeric_limits<std::int64_t>;
  if (n >= limits::min() && n <= limits::max()) return static_cast<std::int64_t>(n);
  return boost::json::value(scaled_text(n, 0));
}

inline boost::json::value number_or_null(const std::optional<std::int64_t>& n) {
  return n ? boost::json::value(*n) : boost::json::value(nullptr);
}

}  // namespace trading
