#pragma once

#include <ensue/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The bytes of a journal. All numbers are little endian; the checksums are CRC-32C.
///
///     file   = header record*
///     header = "ensuejnl" version:u32 salt:u64 kind:40 bytes, zero padded  checksum:u32
///     record = length:u32 since:u32 payload checksum:u32 head checksum:u32 payload
///
/// A record's checksums begin with the file's salt and the record's own offset, so that a record
/// that stands elsewhere (moved, copied, of another file, inside a payload) is not taken for one.
/// `since` is how far back the commit begins in which the record was written: what a loss of power
/// spoilt lies in the last commit, what went bad before that was once safe.
namespace ensue::journal_format {

inline constexpr std::size_t header_bytes = 64;
inline constexpr std::size_t record_head_bytes = 16;
inline constexpr std::size_t kind_bytes_max = 40;
inline constexpr std::uint32_t version = 1;

struct header {
  std::uint64_t salt = 0;
  std::string kind;
};

/// 64 bytes. `kind` must be printable and fit.
std::string encode(const header& h);
/// errc::invalid: not a journal, or a damaged header. errc::refused: a version of the format that
/// this program does not know.
result<header> decode(std::string_view bytes);

/// Appends one record that will stand at `offset` to `out`; its commit begins at `commit_begin`.
void append_record(std::string& out, std::uint64_t salt, std::uint64_t commit_begin,
                   std::uint64_t offset, std::string_view payload);

struct record_head {
  std::uint32_t length = 0;
  std::uint32_t since = 0;
  std::uint32_t payload_checksum = 0;
};

/// Nothing unless `bytes` begins with an undamaged head of a record at `offset`.
std::optional<record_head> read_head(std::string_view bytes, std::uint64_t salt,
                                     std::uint64_t offset) noexcept;
bool payload_matches(const record_head& head, std::string_view payload, std::uint64_t salt,
                     std::uint64_t offset) noexcept;

}  // namespace ensue::journal_format
