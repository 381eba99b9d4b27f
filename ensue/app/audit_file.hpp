#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// One line of the audit.
struct audit_entry {
  std::string verb;   ///< "triggered", "reset", "refused", "kept"
  std::string scope;  ///< "app", "component:risk", …
  std::string reason;
  wall_time at{};
  friend bool operator==(const audit_entry&, const audit_entry&) = default;
};

/// An append-only file of audit entries, one text line each, that survives a crash at any point:
/// every line is on the disk before `append` returns, and carries a checksum over itself and the
/// line before it, so that a changed, missing or swapped line is noticed.
///
///     triggered <tab> app <tab> loss limit <tab> 1700000000000000000 <tab> 5f0c…
///
/// Limits: above `size_max` bytes the file is replaced, in one step, by one that begins with the
/// entries given to `append`; the old one stays as `<path>.1`.
/// Threads: one at a time. Cost: one write and one fdatasync an entry.
class audit_file {
 public:
  static constexpr std::size_t size_max = 1 << 20;

  audit_file() = default;
  audit_file(const audit_file&) = delete;
  audit_file& operator=(const audit_file&) = delete;
  ~audit_file();

  struct contents {
    std::vector<audit_entry> entries;
    bool damaged = false;  ///< a line in the middle is wrong; those before it are in `entries`
    std::string torn;      ///< the start of a line that a crash cut off; it was taken away
    std::string problem;   ///< where and what, when damaged
  };
  /// Opens or creates the file, locks it, and reads it. A torn last line is cut off.
  /// Errors: those of the system; errc::exists: another process has it open. Nothing was changed.
  /// A damaged file is left as it is, and not open: see `set_aside`.
  result<contents> open(std::string path);
  /// Renames a damaged file to `<path>.damaged`, so that `open` begins a new one.
  static result<> set_aside(const std::string& path);

  bool is_open() const noexcept { return file_ >= 0; }
  /// `kept`: what a new file begins with when this one has become too long.
  /// Errors: those of the system; the entry may or may not be in the file then.
  result<> append(const audit_entry& e, const std::vector<audit_entry>& kept);

 private:
  std::string line(const audit_entry& e);
  result<> write_line(int file, const std::string& text);
  result<> replace(const std::vector<audit_entry>& kept);

  std::string path_;
  std::string chain_;  // checksum of the last line
  int file_ = -1;
  std::size_t size_ = 0;
};

}  // namespace ensue
