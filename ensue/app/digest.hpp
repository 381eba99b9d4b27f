#pragma once

#include <string>
#include <string_view>

namespace ensue {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// Whether `a` and `b` are equal; the time taken depends on their lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace ensue
