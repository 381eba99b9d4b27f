#pragma once

#include "decimal.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace trading {

/// A JSON integer of any length. Beyond 64 bits, which is as far as the value type goes, it stands
/// as an object of one nameless member, its digits; `exact_text` writes the number.
boost::json::value exact_number(int128 n);
/// The same for a sum in units of its last digit.
boost::json::value exact_units(const decimal_sum& sum);

inline boost::json::value number_or_null(const std::optional<std::int64_t>& n) {
  return n ? boost::json::value(*n) : boost::json::value(nullptr);
}

/// The JSON text of `value`, its exact numbers as numbers.
std::string exact_text(const boost::json::value& value);

}  // namespace trading
