#include <ensue/transport/sqlite/failure.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>
#include <string>

namespace ensue::sqlite {
namespace {

TEST_CASE("sqlite failure: each code tells whether to try again") {
  CHECK_FALSE(code_of(SQLITE_OK));
  CHECK_FALSE(code_of(SQLITE_DONE));
  CHECK(code_of(SQLITE_FULL) == errc::full);
  CHECK(code_of(SQLITE_BUSY_SNAPSHOT) == errc::unavailable);
  CHECK(code_of(SQLITE_IOERR_FSYNC) == errc::outcome_unknown);
  CHECK(code_of(SQLITE_CORRUPT) == errc::invalid);
  CHECK(code_of(SQLITE_NOTADB) == errc::invalid);
  CHECK(code_of(SQLITE_READONLY_DIRECTORY) == errc::refused);
  CHECK(code_of(SQLITE_CONSTRAINT_UNIQUE) == errc::exists);
}

TEST_CASE("sqlite failure: the text names the file, the work and what to change") {
  const transport_error e = error_of(nullptr, SQLITE_FULL, "shop.db", "COMMIT");
  CHECK(e.text() ==
        "sqlite:shop.db: COMMIT: database or disk is full; make room on the disk, or raise "
        "bytes_max");
  CHECK(failure{e}.error().code == errc::full);
}

}  // namespace
}  // namespace ensue::sqlite
