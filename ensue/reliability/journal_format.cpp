#include <ensue/base/assert.hpp>
#include <ensue/base/crc32c.hpp>
#include <ensue/reliability/journal_format.hpp>

#include <algorithm>
#include <array>

namespace ensue::journal_format {
namespace {

constexpr std::string_view magic = "ensuejnl";

template <class Unsigned>
void put(std::string& out, Unsigned v) {
  for (std::size_t i = 0; i < sizeof v; ++i) out += static_cast<char>(v >> (8 * i) & 0xff);
}

template <class Unsigned>
Unsigned get(std::string_view bytes, std::size_t at) noexcept {
  Unsigned v = 0;
  for (std::size_t i = 0; i < sizeof v; ++i)
    v |= Unsigned{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return v;
}

// What each checksum of a record at `offset` begins with.
std::uint32_t place(std::uint64_t salt, std::uint64_t offset) noexcept {
  std::array<char, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(salt >> (8 * i) & 0xff);
    bytes[i + 8] = static_cast<char>(offset >> (8 * i) & 0xff);
  }
  return crc32c({bytes.data(), bytes.size()});
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

}  // namespace

std::string encode(const header& h) {
  ENSUE_ASSERT(h.kind.size() <= kind_bytes_max && printable(h.kind), "the kind of a journal");
  std::string out{magic};
  put(out, version);
  put(out, h.salt);
  out += h.kind;
  out.resize(header_bytes - 4, '\0');
  put(out, crc32c(out));
  return out;
}

result<header> decode(std::string_view bytes) {
  if (bytes.size() < header_bytes || !bytes.starts_with(magic)) return errc::invalid;
  bytes = bytes.substr(0, header_bytes);
  if (get<std::uint32_t>(bytes, header_bytes - 4) != crc32c(bytes.substr(0, header_bytes - 4)))
    return errc::invalid;
  if (get<std::uint32_t>(bytes, magic.size()) != version) return errc::refused;
  header h;
  h.salt = get<std::uint64_t>(bytes, 12);
  h.kind = bytes.substr(20, kind_bytes_max);
  h.kind.resize(std::min(h.kind.find('\0'), h.kind.size()));
  if (!printable(h.kind)) return errc::invalid;
  return h;
}

void append_record(std::string& out, std::uint64_t salt, std::uint64_t commit_begin,
                   std::uint64_t offset, std::string_view payload) {
  const std::uint32_t start = place(salt, offset);
  const std::size_t head = out.size();
  put(out, static_cast<std::uint32_t>(payload.size()));
  put(out, static_cast<std::uint32_t>(offset - commit_begin));
  put(out, crc32c(payload, start));
  put(out, crc32c(std::string_view{out}.substr(head), start));
  out += payload;
}

std::optional<record_head> read_head(std::string_view bytes, std::uint64_t salt,
                                     std::uint64_t offset) noexcept {
  if (bytes.size() < record_head_bytes) return std::nullopt;
  const auto sum = get<std::uint32_t>(bytes, 12);
  if (sum != crc32c(bytes.substr(0, 12), place(salt, offset))) return std::nullopt;
  return record_head{get<std::uint32_t>(bytes, 0), get<std::uint32_t>(bytes, 4),
                     get<std::uint32_t>(bytes, 8)};
}

bool payload_matches(const record_head& head, std::string_view payload, std::uint64_t salt,
                     std::uint64_t offset) noexcept {
  return payload.size() == head.length &&
         crc32c(payload, place(salt, offset)) == head.payload_checksum;
}

}  // namespace ensue::journal_format
