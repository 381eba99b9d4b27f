#pragma once

#include <ensue/reliability/journal_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

struct journal_options {
  std::string kind;  ///< what is kept in it, with a version: "dead-letters/1"; at most 40 bytes
  std::size_t record_bytes_max = std::size_t{1} << 20;
  /// Given to the journal and not yet on the disk: who appends more waits.
  std::size_t waiting_bytes_max = std::size_t{4} << 20;
  std::uint64_t file_bytes_max = std::uint64_t{1} << 30;
  /// Damage in the middle is skipped and reported instead of refused; the damaged file is kept
  /// as `<path>.damaged`.
  bool salvage = false;
};

/// Payloads back to back.
struct journal_batch {
  std::string bytes;
  std::vector<std::uint32_t> lengths;

  void add(std::string_view payload) {
    bytes += payload;
    lengths.push_back(static_cast<std::uint32_t>(payload.size()));
  }
  void add(const journal_batch& other);
  bool empty() const noexcept { return lengths.empty(); }
  /// What it takes in a file.
  std::uint64_t file_bytes() const noexcept {
    return bytes.size() + lengths.size() * journal_format::record_head_bytes;
  }
};

/// The blocking half of a journal: one locked file. `journal` is the face for coroutines.
///
/// Threads: one call at a time, any thread. Errors: of the disk; text names the path.
class journal_file {
 public:
  /// Locks and opens, or creates: a new file appears under its path whole or not at all.
  /// `salt`: any number, for a new file. `on` must outlive the file.
  static journal_result<std::unique_ptr<journal_file>> open(disk& on, std::string path,
                                                            const journal_options& o,
                                                            std::uint64_t salt);
  /// First of all: every record in turn; nothing when there are no more.
  journal_result<std::optional<journal_reader::record>> next();
  /// Then, once: cuts an unfinished end off, or writes the file anew when records were skipped.
  journal_result<void> recover();

  /// Writes the batch as one commit and syncs. After an error the file is cut back to what it was,
  /// as far as the disk still obeys; then it must not be used any more.
  result<> commit(const journal_batch& batch);

  struct replaced {
    error_code error;
    bool old_in_use = true;  ///< as before; false after an error: do not use it any more
  };
  /// Writes a new file beside it, syncs it, and puts it in the place of the old one.
  replaced replace(const journal_batch& records);

  std::uint64_t bytes() const noexcept { return bytes_; }
  const journal_report& report() const noexcept { return report_; }

 private:
  journal_file(disk& on, std::string path, const journal_options& o);
  journal_error error(const error_code& code) const;
  result<> open_old();
  result<> create(std::uint64_t salt);
  result<> save_again(std::uint64_t from);
  result<> keep_damaged();
  result<> put_in_place(std::unique_ptr<disk_file> fresh);

  disk& disk_;
  std::string path_;
  journal_options options_;
  std::unique_ptr<disk_lock> lock_;
  std::unique_ptr<disk_file> file_;
  std::optional<journal_reader> reader_;
  journal_report report_;
  std::uint64_t salt_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace ensue
