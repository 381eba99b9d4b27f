#include <ensue/transport/sqlite/transport.hpp>

#include <doctest/doctest.h>

#include <string>
#include <tests/sqlite_place.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sqlite: what was published is there after a restart, and only once") {
  sqlite_place p;
  {
    auto a = p.open();
    a->publish({numbered(1), numbered(2), numbered(3)});
    a->publish({numbered(3), numbered(4)});
    const auto c = a->join("g");
    for (int n = 1; n <= 2; ++n) {
      const delivery d = a->next(*c);
      CHECK(d.event == numbered(n));
      CHECK(d.attempt == 1);
      a->ack(*c, d);
    }
  }
  auto b = p.open();
  const auto c = b->join("g");
  for (int n = 3; n <= 4; ++n) {
    const delivery d = b->next(*c);
    CHECK(d.event.id == std::to_string(n));
    CHECK(d.attempt == 1);
    b->ack(*c, d);
  }
}

TEST_CASE("sqlite: the promise is what SQLite answers") {
  sqlite_place p;
  auto a = p.open();
  CHECK(a->given.accepted == survival::power);
  CHECK(a->given.obstacle.empty());
  transport normal{p.w.rt(), {.file = p.file, .synchronous = synchronous::normal}};
  const auto refused = p.w.block_on(open_with(normal, survival::power));
  REQUIRE(refused.has_error());
  CHECK(refused.error().text().find("synchronous is not FULL; set it to full") !=
        std::string::npos);
  (void)p.w.block_on(normal.close(1s));
}

TEST_CASE("sqlite: the effect and the acknowledgement are committed together, or neither") {
  sqlite_place p;
  auto a = p.open();
  a->publish({numbered(1), numbered(2)});
  const auto c = a->join("g");
  const auto count = [&] {
    return p.apart([](connection& on) { return on.number("SELECT count(*) FROM effects"); });
  };
  const auto make = [](tx& t) { t.execute("CREATE TABLE effects(id TEXT)"); };
  CHECK(p.w.block_on(a->t.transact(make)).has_value());

  const delivery d = a->next(*c);
  const auto fails = [](tx& t) {
    t.execute("INSERT INTO effects VALUES(?1)", "lost");
    t.publish(numbered(9));
    throw std::runtime_error{"no stock"};
  };
  CHECK_THROWS_WITH(p.w.block_on(a->t.transact(d, fails)), "no stock");
  CHECK(count() == 0);

  const auto works = [id = d.event.id](tx& t) {
    t.execute("INSERT INTO effects VALUES(?1)", id);
    t.publish(numbered(3));
  };
  CHECK(p.w.block_on(a->t.transact(d, works)).has_value());
  CHECK(count() == 1);
  CHECK(p.w.block_on(a->t.transact(d, works)).error().code == errc::exists);
  CHECK(count() == 1);
  CHECK(a->next(*c).event.id == "2");
  const delivery third = a->next(*c);
  CHECK(third.event.id == "3");

  p.fence_all("g");
  const auto b = p.open();
  const auto cb = b->join("g");
  (void)b->next(*cb);
  const auto late = p.w.block_on(a->t.transact(third, works));
  CHECK(late.error().code == errc::expired);
  CHECK(count() == 1);
}

TEST_CASE("sqlite: a replay reads from a position, by type, key and number") {
  sqlite_place p;
  auto a = p.open();
  std::vector<cloud_event> events;
  for (int n = 1; n <= 1200; ++n) events.push_back(numbered(n, n % 2 ? "odd" : "even"));
  a->publish(std::move(events));
  std::vector<std::string> ids;
  const auto each = [&](const delivery& d) -> task<> {
    ids.push_back(d.event.id + "@" + d.position);
    co_return;
  };
  replay_options from{.after = "1190", .key = "even"};
  CHECK(p.w.block_on(a->t.replay(from, each)).value() == 5);
  CHECK(ids.front() == "1192@1192");
  CHECK(p.w.block_on(a->t.replay({.most = 700}, each)).value() == 700);
  CHECK(p.w.block_on(a->t.replay({.after = "x"}, each)).error().code == errc::invalid);
}

TEST_CASE("sqlite: closed before it is open and afterwards, a wrong file is named") {
  sqlite_place p;
  transport t{p.w.rt(), {.file = p.folder.path() + "/none/a.db"}};
  CHECK(p.w.block_on(t.publish({numbered(1)})).at(0) == errc::closed);
  const auto opened = p.w.block_on(t.open());
  CHECK(opened.error().code == errc::refused);
  CHECK(opened.error().text().find("/none/a.db") != std::string::npos);
  CHECK(t.state() == transport_state::down);
  auto a = p.open();
  CHECK(p.w.block_on(a->t.close(1s)).has_value());
  CHECK(p.w.block_on(a->t.close(1s)).has_value());
  CHECK(p.w.block_on(a->t.publish({numbered(1)})).at(0) == errc::closed);
}

}  // namespace
}  // namespace ensue::sqlite
