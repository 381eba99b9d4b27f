#include <ensue/transport/sqlite/log_rows.hpp>
#include <ensue/transport/sqlite/schema.hpp>
#include <ensue/transport/sqlite/tx.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tests/temporary_folder.hpp>

namespace ensue::sqlite {
namespace {

TEST_CASE("sqlite tx: statements, questions, and events into the log") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  make_schema(*c, false);
  tx t{*c, {}};
  t.execute("CREATE TABLE orders(id TEXT, total INTEGER)");
  CHECK(t.execute("INSERT INTO orders VALUES(?1,?2)", "a", 5) == 1);
  {
    statement s = t.query("SELECT total FROM orders WHERE id=?1", std::string{"a"});
    REQUIRE(s.row());
    CHECK(s.integer(0) == 5);
  }
  CHECK_FALSE(t.published());
  const cloud_event e{.id = "1", .source = "s", .type = "t"};
  t.publish(e);
  CHECK(t.published());
  CHECK(read_one(*c, 1)->event == e);
  CHECK_THROWS_AS(t.publish({.id = "", .source = "s", .type = "t"}), failure);
  CHECK_THROWS_AS(t.execute("INSERT INTO nowhere VALUES(1)"), failure);
}

}  // namespace
}  // namespace ensue::sqlite
