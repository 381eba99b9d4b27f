#pragma once

#include <ensue/base/result.hpp>

#include <string>
#include <string_view>

namespace ensue {

/// RFC 4648, section 4: the standard alphabet, padded, no line breaks.
std::string base64_text(std::string_view bytes);

/// Reads exactly what base64_text writes. errc::invalid for other characters, missing or wrong
/// padding, and bits that belong to no byte.
result<std::string> parse_base64(std::string_view text);

}  // namespace ensue
