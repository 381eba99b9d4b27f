#include <ensue/async/errors.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/transport/sqlite/consumer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <tests/sqlite_place.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sqlite consumer: prefetch bounds what is out, a settlement makes room") {
  sqlite_place p;
  auto a = p.open();
  a->publish({numbered(1), numbered(2), numbered(3)});
  const auto c = a->join("g", 2);
  const delivery first = a->next(*c);
  (void)a->next(*c);
  CHECK(c->unsettled() == 2);
  bool third = false;
  p.w.spawn_background("third", [](ensue::consumer& from, bool& got) -> task<> {
    const auto d = co_await from.next();
    got = d.has_value();
  }(*c, third));
  p.w.run_for(1s);
  CHECK_FALSE(third);
  a->ack(*c, first);
  CHECK(p.w.run_until([&] { return third; }, 1s));
}

TEST_CASE("sqlite consumer: stopped, it ends who waits; what is out can still be settled") {
  sqlite_place p;
  auto a = p.open();
  a->publish({numbered(1)});
  const auto c = a->join("g");
  const delivery d = a->next(*c);
  error_code ended;
  p.w.spawn("waits", [](ensue::consumer& from, error_code& how) -> task<> {
    const auto next = co_await from.next();
    how = next.error().code;
  }(*c, ended));
  p.w.run_for(1s);
  c->stop();
  CHECK(p.w.run_until([&] { return ended == errc::closed; }, 1s));
  a->ack(*c, d);
  CHECK(p.w.block_on(c->settle(d.token + 1, {})).error() == errc::not_found);
  CHECK(p.w.block_on(c->settle(7, {})).error() == errc::not_found);
}

TEST_CASE("sqlite consumer: an extended lease is a new one") {
  sqlite_place p;
  auto a = p.open();
  a->publish({numbered(1)});
  const auto c = a->join("g");
  const delivery d = a->next(*c);
  p.w.run_for(20s);
  CHECK(p.w.block_on(c->extend(d.token)).has_value());
  p.w.run_for(20s);
  a->ack(*c, d);
  CHECK(p.w.block_on(c->extend(d.token)).error() == errc::exists);
}

TEST_CASE("sqlite consumer: what it held when it went comes again, marked") {
  sqlite_place p;
  auto a = p.open();
  a->publish({numbered(1), numbered(2)});
  auto c = a->join("g", 1), other = a->join("g", 1);
  CHECK(a->next(*c).event.id == "1");
  c.reset();
  const delivery d = a->next(*other);
  CHECK(d.attempt + 0 >= 1);
  a->ack(*other, d);
  const delivery e = a->next(*other);
  a->ack(*other, e);
  const delivery& again = d.event.id == "1" ? d : e;
  CHECK(again.event.id == "1");
  CHECK(again.attempt == 2);
}

TEST_CASE("sqlite consumer: an event published elsewhere wakes who waits here") {
  sqlite_place p;
  auto a = p.open(), b = p.open();
  const auto c = b->join("g");
  bool got = false;
  p.w.spawn_background("waits", [](ensue::consumer& from, bool& done) -> task<> {
    const auto d = co_await from.next();
    done = d.has_value();
  }(*c, got));
  p.w.run_for(1s);
  a->publish({numbered(1)});
  CHECK(p.w.run_until([&] { return got; }, 50ms));
}

}  // namespace
}  // namespace ensue::sqlite
