#pragma once

#include <ensue/transport/transport_error.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace ensue::sqlite {

/// Locks between the processes that share a database, on bytes of `<file>-lock`. The kernel lets go
/// of them when their process dies, however it dies: so the others know at once.
///
/// Limits: one machine (as SQLite's WAL). Linux: open file description locks.
class file_locks {
 public:
  static transport_result<std::unique_ptr<file_locks>> open(const std::string& database_file);
  file_locks(const file_locks&) = delete;
  file_locks& operator=(const file_locks&) = delete;
  ~file_locks();

  /// Writers exclude checkpoints, not each other. Waits for a checkpoint.
  void writing(bool begin) noexcept;
  /// Excludes all writers. `patient`: waits for them; else false when there is one.
  bool checkpointing(bool patient) noexcept;
  void checkpoint_done() noexcept;

  /// This process lives and is that member.
  void hold_member(std::uint64_t member) noexcept;
  void drop_member(std::uint64_t member) noexcept;
  /// Does the process of a member live? Those held here do.
  bool member_lives(std::uint64_t member) const noexcept;

 private:
  explicit file_locks(int fd) noexcept : fd_{fd} {}
  bool set(std::int64_t at, short kind, bool wait) const noexcept;
  int fd_;
  std::set<std::uint64_t> held_;
};

}  // namespace ensue::sqlite
