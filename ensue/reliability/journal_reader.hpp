#pragma once

#include <ensue/base/disk.hpp>
#include <ensue/reliability/journal_format.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// Why a journal could not be read: code, place, and a sentence with the path.
struct journal_error {
  error_code code;
  std::uint64_t offset = 0;
  std::string message;
  const std::string& text() const noexcept { return message; }
};

template <class T>
using journal_result = boost::system::result<T, journal_error>;

/// For `.value()`: throws system_error with the message.
[[noreturn]] void throw_exception_from_error(const journal_error& e,
                                             const boost::source_location& where);

/// What was found in a journal.
struct journal_report {
  struct gap {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  bool created = false;       ///< there was no file
  std::uint64_t records = 0;  ///< handed out
  std::uint64_t bytes = 0;    ///< of the file that are good, header included
  std::uint64_t cut = 0;      ///< bytes at the end: of a write that was not finished
  std::vector<gap> skipped;   ///< salvage: damaged places, the first 100 of them
  std::uint64_t skipped_bytes = 0;

  bool clean() const noexcept { return cut == 0 && skipped_bytes == 0; }
  /// "120 records, 5402 bytes; cut 17 bytes of an unfinished write at 5402"
  std::string text() const;
};

/// Reads a journal from front to back. Blocking. Changes nothing.
///
/// Damage: a bad record with good ones of a later commit behind it is an error with its offset, or
/// skipped when salvaging. A bad end is left out: `report().cut`.
/// Limits: holds one record and a block of 1 MiB. Threads: one at a time.
class journal_reader {
 public:
  struct options {
    std::string kind;  ///< empty: any
    std::size_t record_bytes_max = std::size_t{1} << 20;
    bool salvage = false;
  };
  struct record {
    std::uint64_t offset = 0;
    std::string_view payload;  ///< good until the next call
  };

  /// `path` is for messages only.
  static journal_result<journal_reader> open(disk_file& file, std::string path, options o);

  /// The next good record; nothing at the end.
  journal_result<std::optional<record>> next();

  const journal_report& report() const noexcept { return report_; }
  /// Where the commit begins that the last record handed out was written in.
  std::uint64_t last_commit() const noexcept { return last_commit_; }
  const journal_format::header& header() const noexcept { return header_; }

 private:
  journal_reader(disk_file& file, std::string path, options o);
  journal_error error(error_code code, std::uint64_t offset, const std::string& what) const;
  struct found {
    record what;
    std::uint64_t commit_begin = 0;
    std::uint64_t end() const noexcept {
      return what.offset + journal_format::record_head_bytes + what.payload.size();
    }
  };
  result<> fill(std::uint64_t offset, std::size_t bytes);
  std::string_view at(std::uint64_t offset) const noexcept;
  result<std::optional<found>> look(std::uint64_t offset);
  result<std::optional<std::uint64_t>> search(std::uint64_t offset, std::uint64_t begun_after);
  journal_result<bool> pass_damage();

  disk_file* file_;
  std::string path_;
  options options_;
  journal_format::header header_;
  journal_report report_;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t last_commit_ = journal_format::header_bytes;
  std::uint64_t block_begin_ = 0;
  std::string block_;
};

}  // namespace ensue
