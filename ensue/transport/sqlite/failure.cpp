#include <ensue/transport/sqlite/failure.hpp>

#include <boost/system/errc.hpp>

#include <sqlite3.h>

namespace ensue::sqlite {
namespace {

const char* advice(int rc) noexcept {
  switch (rc & 0xff) {
    case SQLITE_FULL: return "; make room on the disk, or raise bytes_max";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "; another process holds its write lock for longer than busy_wait";
    case SQLITE_NOTADB: return "; it is no database of SQLite";
    case SQLITE_CORRUPT: return "; it is damaged: restore it from a copy, or save it by .recover";
    case SQLITE_READONLY: return "; the file and its folder must be writable";
    case SQLITE_CANTOPEN: return "; its folder must be there and writable";
    case SQLITE_IOERR: return "; the disk failed: what was under way may or may not be stored";
    default: return "";
  }
}

}  // namespace

error_code code_of(int rc) noexcept {
  switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return {};
    case SQLITE_FULL: return errc::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::unavailable;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN: return errc::refused;
    case SQLITE_CONSTRAINT: return errc::exists;
    case SQLITE_IOERR: return errc::outcome_unknown;
    case SQLITE_NOMEM: return make_error_code(boost::system::errc::not_enough_memory);
    default: return errc::invalid;
  }
}

transport_error error_of(sqlite3* db, int rc, const std::string& file, const std::string& doing) {
  std::string text = "sqlite:" + file + ": " + doing + ": ";
  text += db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
  text += advice(rc);
  return {code_of(rc), std::move(text)};
}

}  // namespace ensue::sqlite
