#pragma once

#include <ensue/base/result.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ensue {

/// Why a text could not be decoded or a value not encoded: where, and what was expected and got.
struct codec_error {
  codec_error() = default;
  codec_error(std::string where, std::string what)
      : path{std::move(where)}, message{std::move(what)} {}

  std::string path;     ///< `items[2].price`; empty: the document as a whole
  std::string message;  ///< `expected a number, got a string`

  std::string text() const { return path.empty() ? message : path + ": " + message; }
};

/// Found by `json_result::value()` on an error.
[[noreturn]] inline void throw_exception_from_error(const codec_error& error,
                                                    const boost::source_location&) {
  throw std::invalid_argument{error.text()};
}

/// A value, or what was wrong and where. Never retry with the same input.
template <class T>
using json_result = boost::system::result<T, codec_error>;

struct json_limits {
  std::size_t bytes = 1 << 20;     ///< of the text
  std::size_t depth = 32;          ///< arrays and objects inside each other
  std::size_t elements = 100'000;  ///< values of all kinds, arrays and objects included
};

/// Reads a JSON text (RFC 8259) strictly: no comments, no trailing commas, no byte order mark, one
/// value and white space, valid UTF-8, no lone surrogates. Integers of 64 bits are exact; other
/// numbers (and -0) become the nearest double, and one beyond the range of double is an error (one
/// too small becomes zero). When a key is repeated in an object, the last one counts.
json_result<boost::json::value> parse_json(std::string_view text, const json_limits& limits = {});

/// Writes a JSON value compactly: shortest text for doubles that reads back the same, members in
/// their order. The error says where a double is not finite or a text is not UTF-8.
json_result<std::string> json_text(const boost::json::value& value);

/// Well-formed per Unicode 15, table 3-7: no overlong forms, no surrogates, at most U+10FFFF.
bool valid_utf8(std::string_view text) noexcept;

}  // namespace ensue
