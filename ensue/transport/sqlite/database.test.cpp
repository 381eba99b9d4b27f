#include <ensue/sim/world.hpp>
#include <ensue/transport/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tests/temporary_folder.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

struct place {
  place() {
    db = w.block_on(database::open(w.rt(), {.connection = {.file = folder.file("a.db")}})).value();
    const auto make = [](connection& c) { c.execute("CREATE TABLE t(n INTEGER UNIQUE)"); };
    CHECK(w.block_on(db->transact(make)).has_value());
  }
  ~place() { (void)w.block_on(db->close()); }
  std::int64_t count() {
    const auto ask = [](connection& c) { return c.number("SELECT count(*) FROM t"); };
    return w.block_on(db->read(ask)).value();
  }
  temporary_folder folder;
  sim::world w;
  std::unique_ptr<database> db;
};

task<> insert(database& db, int n, std::vector<int>& failed) {
  const auto add = [n](connection& c) { c.use("INSERT INTO t VALUES(?1)").with(n).run(); };
  const auto done = co_await db.transact(add);
  if (!done) failed.push_back(n);
}

TEST_CASE("sqlite database: what gathered while a commit ran is one commit") {
  place p;
  const std::uint64_t before = p.db->commits();
  std::vector<int> failed;
  for (int n = 0; n < 100; ++n) p.w.spawn("insert", insert(*p.db, n, failed));
  p.w.run();
  CHECK(failed.empty());
  CHECK(p.count() == 100);
  CHECK(p.db->commits() - before <= 4);
}

TEST_CASE("sqlite database: one that fails takes back itself alone") {
  place p;
  std::vector<int> failed;
  for (const int n : {1, 2, 1, 3}) p.w.spawn("insert", insert(*p.db, n, failed));
  p.w.run();
  CHECK(failed == std::vector<int>{1});
  CHECK(p.count() == 3);
}

TEST_CASE("sqlite database: what a function throws comes out, nothing of it is committed") {
  place p;
  const auto throws = [](connection& c) {
    c.execute("INSERT INTO t VALUES(1)");
    throw std::runtime_error{"mine"};
  };
  CHECK_THROWS_WITH(p.w.block_on(p.db->transact(throws)), "mine");
  CHECK(p.count() == 0);
}

TEST_CASE("sqlite database: closed, it refuses; what waited is carried out") {
  place p;
  std::vector<int> failed;
  p.w.spawn("insert", insert(*p.db, 1, failed));
  p.w.spawn("close", [](database& db) -> task<> {
    const auto done = co_await db.close();
    CHECK(done.has_value());
  }(*p.db));
  p.w.run();
  CHECK(p.w.block_on(p.db->close()).has_value());
  const auto ask = [](connection& c) { return c.number("SELECT 1"); };
  CHECK(p.w.block_on(p.db->read(ask)).error().code == errc::closed);
  const auto c = connection::open({.file = p.folder.file("a.db")}).value();
  CHECK(c->number("SELECT count(*) FROM t") == 1 - static_cast<int>(failed.size()));
}

TEST_CASE("sqlite database: the log is moved into the file at a quiet moment") {
  place p;
  const auto fill = [](connection& c) {
    c.execute("CREATE TABLE big(b); INSERT INTO big VALUES(zeroblob(8000000))");
  };
  CHECK(p.w.block_on(p.db->transact(fill)).has_value());
  p.w.run();
  CHECK(p.db->raw().wal_pages() == 0);
}

}  // namespace
}  // namespace ensue::sqlite
