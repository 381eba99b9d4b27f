#include <ensue/event/trace.hpp>

#include <algorithm>
#include <span>

namespace ensue {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool read_hex(std::string_view text, std::span<std::uint8_t> out) noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = digits.find(text[2 * i]), low = digits.find(text[2 * i + 1]);
    if (high == digits.npos || low == digits.npos) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

void write_hex(std::string& out, std::span<const std::uint8_t> bytes) {
  for (const auto byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

bool any(std::span<const std::uint8_t> bytes) noexcept {
  return std::ranges::any_of(bytes, [](auto byte) { return byte != 0; });
}

}  // namespace

bool trace_parent::valid() const noexcept { return any(trace_id) && any(span_id); }

std::string trace_parent::text() const {
  std::string out = "00-";
  out.reserve(55);
  write_hex(out, trace_id);
  out += '-';
  write_hex(out, span_id);
  out += '-';
  write_hex(out, {&flags, 1});
  return out;
}

result<trace_parent> trace_parent::parse(std::string_view text) noexcept {
  constexpr std::size_t length = 55;
  if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return errc::invalid;
  std::uint8_t version = 0;
  trace_parent parent;
  if (!read_hex(text, {&version, 1}) || !read_hex(text.substr(3), parent.trace_id) ||
      !read_hex(text.substr(36), parent.span_id) || !read_hex(text.substr(53), {&parent.flags, 1}))
    return errc::invalid;
  if (version == 0xff || !parent.valid()) return errc::invalid;
  if (text.size() > length && (version == 0 || text[length] != '-')) return errc::invalid;
  return parent;
}

}  // namespace ensue
