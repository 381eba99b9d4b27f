#pragma once

#include <ensue/base/disk.hpp>
#include <ensue/base/random.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::sim {

/// How often a call to a simulated disk fails, per mille, drawn for each call. A write that fails
/// may have been done in part; after a sync that fails, any part of what it was to save may never
/// get to the platter, although it can be read.
struct disk_faults {
  unsigned write = 0;  ///< also truncate
  unsigned sync = 0;   ///< also of a directory
  unsigned other = 0;  ///< open, read, rename, remove, list, lock
};

/// The disk of one host: survives its crashes. What was written is there after a crash of the
/// process (`crash`); after a loss of power (`lose_power`) what was synced is there, and of the
/// rest what a disk might have done: a first part, cut anywhere, sometimes rubbish behind it up to
/// the end of the sector, sometimes sectors without those before them. Names that were made,
/// renamed or removed are safe once their folder was synced.
///
/// Folders are taken to exist. Errors: as the real one, and those that are asked for here.
class disk final : public ensue::disk {
 public:
  static constexpr std::size_t sector_bytes = 512;

  explicit disk(random_stream draw) noexcept;
  explicit disk(std::uint64_t seed) noexcept : disk{random_stream{seed, "sim.disk"}} {}

  result<std::unique_ptr<disk_file>> open(const std::string& path, open_mode mode) override;
  result<std::unique_ptr<disk_lock>> lock(const std::string& path) override;
  result<bool> exists(const std::string& path) override;
  result<std::vector<std::string>> list(const std::string& folder) override;
  result<> remove(const std::string& path) override;
  result<> rename(const std::string& from, const std::string& to) override;
  result<> sync_directory(const std::string& folder) override;

  /// The process that used it is gone: open files and locks of its do nothing any more.
  void crash() noexcept;
  /// The same, and what was not synced is lost as far as the draw says.
  void lose_power();
  /// Whoever opens files now is a new process. (Between `crash` and this all calls fail.)
  void boot() noexcept { up_ = true; }

  void set_faults(const disk_faults& f) noexcept { faults_ = f; }
  /// Lets the n-th call from now on (1: the next) fail with `code`, and all after it if `for_ever`.
  void fail_call(std::uint64_t n, const error_code& code, bool for_ever = false) noexcept;
  /// Calls so far, those to files included.
  std::uint64_t calls() const noexcept { return calls_; }
  /// Syncs of files so far.
  std::uint64_t syncs() const noexcept { return syncs_; }

  /// For tests: what can be read under a path, "" when there is none; and what will be.
  std::string content(const std::string& path) const;
  void set_content(const std::string& path, std::string bytes);

 private:
  class file;
  class held_lock;
  struct change {  // of a file since its last sync
    bool truncates = false;
    std::uint64_t at = 0;
    std::string bytes{};
  };
  struct inode {
    std::string now;               // what is read
    std::string safe;              // what is on the platter
    std::vector<change> unsafe{};  // between the two
  };
  using node = std::shared_ptr<inode>;
  struct name_change {
    std::string path;
    node to;  // null: removed
  };
  enum class call : std::uint8_t { write, sync, other };

  error_code enter(call kind, unsigned life);
  void set_name(const std::string& path, node to);
  void write(inode& on, std::uint64_t at, std::string_view bytes);
  void lose(inode& of);
  void lose_some(inode& of);
  static void apply(std::string& to, const change& c);

  random_stream draw_;
  disk_faults faults_;
  std::map<std::string, node> names_, safe_names_;
  std::vector<std::vector<name_change>> unsafe_names_;  // each entry: one call, all or nothing
  std::set<std::string> locks_;
  std::uint64_t calls_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t fail_at_ = 0;
  bool fail_for_ever_ = false;
  error_code fail_with_;
  unsigned life_ = 1;
  bool up_ = true;
};

}  // namespace ensue::sim
