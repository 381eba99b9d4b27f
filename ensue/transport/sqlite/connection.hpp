#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/transport/sqlite/failure.hpp>
#include <ensue/transport/sqlite/file_locks.hpp>
#include <ensue/transport/sqlite/statement.hpp>
#include <ensue/transport/survival.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace ensue::sqlite {

enum class synchronous : std::uint8_t { off, normal, full };

struct connection_options {
  std::string file{};
  sqlite::synchronous synchronous = sqlite::synchronous::full;
  duration busy_wait = std::chrono::seconds{5};  ///< for the write lock of other processes
  std::uint64_t bytes_max = 0;                   ///< of the file: then errc::full; 0: the disk's
};

/// The connection of this process to a database file: WAL, no automatic checkpoints. Blocking.
///
/// Threads: one at a time. Errors: `failure`. Before SQLite 3.51.3 a checkpoint beside a writer of
/// another connection may damage the file (WAL-reset bug): `writing` and `checkpoint` exclude each
/// other over all processes by a lock in `<file>-lock`.
class connection {
 public:
  static transport_result<std::unique_ptr<connection>> open(const connection_options& o);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  /// Any number of statements without parameters; rows are dropped.
  void execute(const std::string& sql);
  /// Prepared once for each text. One use of a text at a time.
  statement use(std::string_view sql);
  /// The first column of the first row, as an integer; 0: no row.
  std::int64_t number(std::string_view sql);

  std::int64_t changes() const noexcept;
  bool in_transaction() const noexcept;
  /// Changes when another connection has committed.
  std::int64_t foreign_version() { return number("PRAGMA data_version"); }

  /// BEGIN IMMEDIATE. `synced`: commit as the options say; false: without waiting for the disk.
  void begin(bool synced);
  void commit();
  /// Never fails.
  void roll_back() noexcept;

  /// Pages in the log of the last commit.
  std::int64_t wal_pages() const noexcept { return wal_pages_; }
  /// Moves the log into the database, as far as no reader stands in the way. False: a writer of
  /// another process was busy. `patient`: waits for it.
  bool checkpoint(bool patient);

  /// What an accepted event survives here, as SQLite and the file system answer.
  guarantee asked_guarantee();

  file_locks& locks() noexcept { return *locks_; }
  const std::string& file() const noexcept { return options_.file; }
  [[noreturn]] void fail(int rc, const std::string& doing) const;

 private:
  connection(const connection_options& o, std::unique_ptr<file_locks> locks) noexcept;
  void set_up();
  void set_synced(bool synced);

  connection_options options_;
  std::unique_ptr<file_locks> locks_;
  sqlite3* db_ = nullptr;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;  // keys are SQLite's copies
  std::int64_t wal_pages_ = 0;
  bool synced_ = true;
};

}  // namespace ensue::sqlite
