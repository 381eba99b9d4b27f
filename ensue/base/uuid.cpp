#include <ensue/base/uuid.hpp>

#include <algorithm>

namespace ensue {
namespace {

constexpr char digits[] = "0123456789abcdef";

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool dash_before_byte(int i) noexcept { return i == 4 || i == 6 || i == 8 || i == 10; }

}  // namespace

void uuid::write(char* out) const noexcept {
  for (int i = 0; i < 16; ++i) {
    if (dash_before_byte(i)) *out++ = '-';
    *out++ = digits[bytes[static_cast<std::size_t>(i)] >> 4];
    *out++ = digits[bytes[static_cast<std::size_t>(i)] & 15];
  }
}

std::string uuid::text() const {
  std::string s(36, '\0');
  write(s.data());
  return s;
}

std::uint64_t uuid::unix_ms() const noexcept {
  std::uint64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | bytes[i];
  return ms;
}

result<uuid> uuid::parse(std::string_view text) noexcept {
  if (text.size() != 36) return errc::invalid;
  uuid id;
  std::size_t at = 0;
  for (int i = 0; i < 16; ++i) {
    if (dash_before_byte(i) && text[at++] != '-') return errc::invalid;
    const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return errc::invalid;
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return id;
}

uuid uuid_source::next(wall_time now) noexcept {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0));
  const std::uint64_t tail = random_.next();
  if (ms > last_ms_) {
    last_ms_ = ms;
    counter_ = static_cast<std::uint32_t>(tail >> 62) << 9;  // start low: room for 2048+ ids a ms
  } else if (++counter_ > 0xfff) {
    ++last_ms_;
    counter_ = 0;
  }
  uuid id;
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(last_ms_ >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | counter_ >> 8);
  id.bytes[7] = static_cast<std::uint8_t>(counter_);
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[8 + i] = static_cast<std::uint8_t>(tail >> (56 - 8 * i));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

}  // namespace ensue
