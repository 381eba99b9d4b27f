#pragma once

#include <ensue/base/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// An open file. All offsets are explicit: there is no position, and nothing appends by itself.
///
/// Threads: one at a time; every call blocks, so call it through `offload`.
/// Errors: those of the system. What a failed write or sync left behind is not known.
class disk_file {
 public:
  virtual ~disk_file() = default;

  /// Writes all of `bytes` at `offset`, growing the file where needed. After an error any part of
  /// it may have been written.
  virtual result<> write(std::uint64_t offset, std::string_view bytes) = 0;
  /// Fills `into` from `offset` on; less only at the end of the file. Returns the bytes read.
  virtual result<std::size_t> read(std::uint64_t offset, std::span<char> into) = 0;
  virtual result<> truncate(std::uint64_t size) = 0;
  /// What was written before survives a loss of power when this returns. After an error it may be
  /// gone although it can still be read; syncing again proves nothing.
  virtual result<> sync() = 0;
  virtual result<std::uint64_t> size() = 0;
};

/// Holds a lock until it is destroyed, or the process ends.
class disk_lock {
 public:
  virtual ~disk_lock() = default;
};

enum class open_mode : std::uint8_t {
  read,     ///< must exist
  write,    ///< read and write; must exist
  replace,  ///< read and write; made when missing, emptied when not
};

/// The file system as far as ensue needs it. `posix_disk` is the real one, `sim::disk` the one
/// that crashes.
///
/// Paths: as the system's; the folder must exist. Threads: any, each call on its own.
/// Errors: of the system, e.g. no_such_file_or_directory; a text about them names the path.
/// Durability: a file that was made, renamed or removed may be back as it was after a loss of
/// power until `sync_directory` of its folder has returned.
class disk {
 public:
  virtual ~disk() = default;

  virtual result<std::unique_ptr<disk_file>> open(const std::string& path, open_mode mode) = 0;
  /// Locks `path` against other processes and other calls, by a file `<path>.lock` beside it that
  /// stays. errc::exists: somebody else holds it.
  virtual result<std::unique_ptr<disk_lock>> lock(const std::string& path) = 0;
  virtual result<bool> exists(const std::string& path) = 0;
  /// Names of the files in a folder, sorted, without those of folders.
  virtual result<std::vector<std::string>> list(const std::string& folder) = 0;
  virtual result<> remove(const std::string& path) = 0;
  /// Replaces what is at `to`, in one step.
  virtual result<> rename(const std::string& from, const std::string& to) = 0;
  virtual result<> sync_directory(const std::string& folder) = 0;
};

/// The folder part of a path: "." when it has none.
std::string folder_of(std::string_view path);

/// "orders.journal: No space left on device"
std::string disk_error_text(std::string_view path, const error_code& error);

}  // namespace ensue
