#include <ensue/transport/sqlite/connection.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <tests/temporary_folder.hpp>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sqlite connection: opens what is not there, keeps what is committed") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db");
  {
    const auto c = connection::open({.file = file}).value();
    c->execute("CREATE TABLE t(n INTEGER)");
    c->begin(true);
    c->use("INSERT INTO t VALUES(?1)").with(7).run();
    c->commit();
    c->begin(false);
    c->use("INSERT INTO t VALUES(?1)").with(8).run();
    c->roll_back();
    CHECK_FALSE(c->in_transaction());
  }
  const auto c = connection::open({.file = file}).value();
  CHECK(c->number("SELECT sum(n) FROM t") == 7);
  CHECK(c->number("SELECT n FROM t WHERE n=1") == 0);
}

TEST_CASE("sqlite connection: it promises what was asked for, and says what to change") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db");
  const auto full = connection::open({.file = file}).value();
  CHECK(full->asked_guarantee().accepted == survival::power);
  const auto normal = connection::open({.file = file, .synchronous = synchronous::normal}).value();
  const guarantee given = normal->asked_guarantee();
  CHECK(given.accepted == survival::process);
  CHECK(given.obstacle.find("set it to full") != std::string::npos);
}

TEST_CASE("sqlite connection: memory is no place for what shall survive") {
  const std::string file = "/dev/shm/ensue-connection-test.db";
  const auto made = connection::open({.file = file});
  if (made) {
    const guarantee given = (*made)->asked_guarantee();
    CHECK(given.accepted == survival::process);
    CHECK(given.obstacle.find("tmpfs") != std::string::npos);
  }
  for (const char* end : {"", "-wal", "-shm", "-lock"}) std::filesystem::remove(file + end);
}

TEST_CASE("sqlite connection: a file that is no database, or damaged, is refused") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db");
  std::ofstream{file} << std::string(5000, 'x');
  const auto none = connection::open({.file = file});
  REQUIRE(none.has_error());
  CHECK(none.error().code == errc::invalid);
  CHECK(none.error().text().find("no database of SQLite") != std::string::npos);
}

TEST_CASE("sqlite connection: a bound of the file is errc::full, and loses nothing") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db"), .bytes_max = 64 * 4096}).value();
  c->execute("CREATE TABLE t(b BLOB)");
  std::size_t stored = 0;
  for (;;) {
    c->begin(true);
    try {
      c->use("INSERT INTO t VALUES(zeroblob(20000))").run();
      c->commit();
      ++stored;
    } catch (const failure& f) {
      c->roll_back();
      CHECK(f.error().code == errc::full);
      break;
    }
    REQUIRE(stored < 64);
  }
  CHECK(stored > 5);
  CHECK(static_cast<std::size_t>(c->number("SELECT count(*) FROM t")) == stored);
}

TEST_CASE("sqlite connection: another writer is waited for so long, then it is busy") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db");
  const auto a = connection::open({.file = file}).value();
  const auto b = connection::open({.file = file, .busy_wait = 1ms}).value();
  a->begin(true);
  CHECK_THROWS_AS(b->begin(true), failure);
  a->roll_back();
  b->begin(true);
  b->roll_back();
}

TEST_CASE("sqlite connection: a checkpoint keeps out of the way of a writer elsewhere") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db");
  const auto a = connection::open({.file = file}).value();
  const auto b = connection::open({.file = file}).value();
  a->execute("CREATE TABLE t(n)");
  CHECK(a->wal_pages() > 0);
  b->begin(true);
  CHECK_FALSE(a->checkpoint(false));
  b->roll_back();
  CHECK(a->checkpoint(false));
  CHECK(a->wal_pages() == 0);
}

TEST_CASE("sqlite connection: what others commit changes the version, what it commits does not") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db");
  const auto a = connection::open({.file = file}).value();
  const auto b = connection::open({.file = file}).value();
  a->execute("CREATE TABLE t(n)");
  const auto before = a->foreign_version();
  a->execute("INSERT INTO t VALUES(1)");
  CHECK(a->foreign_version() == before);
  b->execute("INSERT INTO t VALUES(1)");
  CHECK(a->foreign_version() != before);
}

}  // namespace
}  // namespace ensue::sqlite
