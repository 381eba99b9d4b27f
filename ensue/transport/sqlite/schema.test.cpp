#include <ensue/transport/sqlite/schema.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tests/temporary_folder.hpp>

namespace ensue::sqlite {
namespace {

std::string refusal(connection& c, bool adopt = false) {
  try {
    make_schema(c, adopt);
  } catch (const failure& f) {
    CHECK(f.error().code == errc::refused);
    CHECK_FALSE(c.in_transaction());
    return f.error().text();
  }
  return {};
}

TEST_CASE("sqlite schema: made once, marked as ours") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  CHECK(refusal(*c).empty());
  CHECK(refusal(*c).empty());
  CHECK(c->number("PRAGMA application_id") == application_id);
  CHECK(c->number("PRAGMA user_version") == schema_version);
}

TEST_CASE("sqlite schema: a newer one is refused") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  make_schema(*c, false);
  c->execute("PRAGMA user_version=99");
  CHECK(refusal(*c).find("schema 99") != std::string::npos);
}

TEST_CASE("sqlite schema: another application's database is refused, unless it is to be adopted") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  c->execute("CREATE TABLE mine(n)");
  CHECK(refusal(*c).find("another application") != std::string::npos);
  CHECK(c->number("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'ensue%'") == 0);
  CHECK(refusal(*c, true).empty());
  CHECK(c->number("SELECT count(*) FROM mine") == 0);
  const auto theirs = connection::open({.file = folder.file("b.db")}).value();
  theirs->execute("PRAGMA application_id=1");
  CHECK(refusal(*theirs, true).find("another application") != std::string::npos);
}

}  // namespace
}  // namespace ensue::sqlite
