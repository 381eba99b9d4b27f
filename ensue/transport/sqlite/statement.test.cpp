#include <ensue/transport/sqlite/connection.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <tests/temporary_folder.hpp>

namespace ensue::sqlite {
namespace {

TEST_CASE("sqlite statement: every kind of value goes in and comes back") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  c->execute("CREATE TABLE t(a,b,c,d,e,f)");
  const std::string bytes{"\0\xff", 2};
  const std::optional<int> none;
  c->use("INSERT INTO t VALUES(?1,?2,?3,?4,?5,?6)")
      .with(-5, 2.5, "text", blob{bytes}, none, std::string{})
      .run();
  statement s = c->use("SELECT a,b,c,d,e,f FROM t");
  REQUIRE(s.row());
  CHECK(s.integer(0) == -5);
  CHECK(s.real(1) == 2.5);
  CHECK(s.text(2) == "text");
  CHECK(s.bytes(3) == bytes);
  CHECK(s.is_blob(3));
  CHECK(s.null(4));
  CHECK_FALSE(s.null(5));
  CHECK(s.text(5).empty());
  CHECK_FALSE(s.row());
}

TEST_CASE("sqlite statement: a run counts what it changed and can be run again") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  c->execute("CREATE TABLE t(n UNIQUE)");
  {
    statement s = c->use("INSERT OR IGNORE INTO t VALUES(?1)");
    CHECK(s.with(1).run() == 1);
    CHECK(s.with(2).run() == 1);
    CHECK(s.with(1).run() == 0);
  }
  CHECK(c->use("UPDATE t SET n=n+10").run() == 2);
  CHECK_THROWS_AS(c->use("INSERT INTO t VALUES(11)").run(), failure);
  CHECK_THROWS_AS(c->use("SELECT nonsense"), failure);
  CHECK(c->number("SELECT count(*) FROM t") == 2);
}

}  // namespace
}  // namespace ensue::sqlite
