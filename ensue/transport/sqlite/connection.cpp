#include <ensue/base/assert.hpp>
#include <ensue/transport/sqlite/connection.hpp>

#include <chrono>
#include <filesystem>
#include <linux/magic.h>
#include <sqlite3.h>
#include <sys/vfs.h>
#include <utility>

namespace ensue::sqlite {
namespace {

const char* pragma_of(synchronous s) noexcept {
  switch (s) {
    case synchronous::off: return "PRAGMA synchronous=OFF";
    case synchronous::normal: return "PRAGMA synchronous=NORMAL";
    case synchronous::full: break;
  }
  return "PRAGMA synchronous=FULL";
}

int remember_pages(void* to, sqlite3*, const char*, int pages) {
  *static_cast<std::int64_t*>(to) = pages;
  return SQLITE_OK;
}

// SQLite takes a file that is shorter than its header for a new one.
bool cut_off(const std::string& file) {
  constexpr std::uintmax_t page_min = 512;
  std::error_code none;
  const std::uintmax_t size = std::filesystem::file_size(file, none);
  return !none && size > 0 && size < page_min;
}

// Why the place of the file stands against survival::power; empty: it does not.
std::string obstacle_of_place(const std::string& file) {
  struct statfs place{};
  if (::statfs(file.c_str(), &place) != 0) return "its file system does not answer";
  switch (static_cast<unsigned long>(place.f_type)) {
    case TMPFS_MAGIC:
    case RAMFS_MAGIC: return "it lies in memory (tmpfs); put the file on a disk";
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case 0xff534d42UL:  // CIFS
      return "it lies on a network file system, where WAL is not safe; put it on a local disk";
    default: return {};
  }
}

}  // namespace

connection::connection(const connection_options& o, std::unique_ptr<file_locks> locks) noexcept
    : options_{o}, locks_{std::move(locks)} {}

connection::~connection() {
  for (const auto& [sql, s] : statements_) sqlite3_finalize(s);
  sqlite3_close_v2(db_);
}

transport_result<std::unique_ptr<connection>> connection::open(const connection_options& o) {
  if (cut_off(o.file))
    return transport_error{errc::invalid, "sqlite:" + o.file +
                                              ": is cut off within its header; "
                                              "restore it from a copy, or remove it to begin anew"};
  auto locks = file_locks::open(o.file);
  if (!locks) return locks.error();
  std::unique_ptr<connection> made{new connection{o, std::move(*locks)}};
  constexpr int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int rc = sqlite3_open_v2(o.file.c_str(), &made->db_, flags, nullptr);
  if (rc != SQLITE_OK) return error_of(made->db_, rc, o.file, "open");
  try {
    made->set_up();
  } catch (const failure& e) {
    return e.error();
  }
  return made;
}

void connection::set_up() {
  using std::chrono::milliseconds;
  const auto wait = std::chrono::duration_cast<milliseconds>(options_.busy_wait);
  sqlite3_busy_timeout(db_, static_cast<int>(wait.count()));
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_wal_hook(db_, &remember_pages, &wal_pages_);
  execute("PRAGMA journal_mode=WAL");
  execute(pragma_of(options_.synchronous));
  execute("PRAGMA cell_size_check=ON");
  execute("PRAGMA cache_size=-16384");
  if (options_.bytes_max) {
    const std::int64_t page = number("PRAGMA page_size");
    const auto pages = static_cast<std::int64_t>(options_.bytes_max) / page;
    execute("PRAGMA max_page_count=" + std::to_string(pages));
  }
}

void connection::fail(int rc, const std::string& doing) const {
  throw failure{error_of(db_, rc, options_.file, doing)};
}

void connection::execute(const std::string& sql) {
  const int rc = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) fail(rc, sql);
}

statement connection::use(std::string_view sql) {
  auto it = statements_.find(sql);
  if (it == statements_.end()) {
    sqlite3_stmt* made = nullptr;
    const int rc = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (rc != SQLITE_OK) fail(rc, std::string{sql});
    if (!made) fail(SQLITE_MISUSE, "an empty statement");
    it = statements_.emplace(sqlite3_sql(made), made).first;
  }
  ENSUE_ASSERT(!sqlite3_stmt_busy(it->second), "a statement of SQLite is used twice at a time");
  return {*this, it->second};
}

std::int64_t connection::number(std::string_view sql) {
  statement s = use(sql);
  return s.row() ? s.integer(0) : 0;
}

std::int64_t connection::changes() const noexcept { return sqlite3_changes64(db_); }
bool connection::in_transaction() const noexcept { return sqlite3_get_autocommit(db_) == 0; }

void connection::set_synced(bool synced) {
  if (options_.synchronous != synchronous::full || synced == synced_) return;
  use(pragma_of(synced ? synchronous::full : synchronous::normal)).run();
  synced_ = synced;
}

void connection::begin(bool synced) {
  set_synced(synced);
  locks_->writing(true);
  try {
    use("BEGIN IMMEDIATE").run();
  } catch (...) {
    locks_->writing(false);
    throw;
  }
}

void connection::commit() {
  use("COMMIT").run();
  locks_->writing(false);
}

void connection::roll_back() noexcept {
  if (in_transaction()) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  locks_->writing(false);
}

bool connection::checkpoint(bool patient) {
  if (!locks_->checkpointing(patient)) return false;
  int left = 0, moved = 0;
  const int rc = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &left, &moved);
  locks_->checkpoint_done();
  if (rc != SQLITE_OK && rc != SQLITE_BUSY) fail(rc, "checkpoint");
  wal_pages_ = left > moved ? left - moved : 0;
  return true;
}

guarantee connection::asked_guarantee() {
  const std::string name = "sqlite:" + options_.file + ": ";
  statement mode = use("PRAGMA journal_mode");
  const std::string journal{mode.row() ? mode.text(0) : ""};
  if (journal != "wal")
    return {survival::none, false,
            name + "journal_mode is " + journal + "; the file must be one that can have a WAL"};
  std::string place = obstacle_of_place(options_.file);
  if (!place.empty()) return {survival::process, false, name + place};
  constexpr std::int64_t is_full = 2;
  if (number("PRAGMA synchronous") >= is_full) return {survival::power, false, {}};
  return {survival::process, false,
          name + "synchronous is not FULL; set it to full for survival::power"};
}

}  // namespace ensue::sqlite
