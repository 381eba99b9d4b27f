#include <ensue/sim/world.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <doctest/doctest.h>

#include <string>
#include <tests/sqlite_place.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sqlite group: a retry waits, also over a restart, and holds back its key alone") {
  sqlite_place p;
  {
    auto a = p.open();
    a->publish({numbered(1, "k"), numbered(2, "k"), numbered(3, "other")});
    const auto c = a->join("g");
    const delivery first = a->next(*c);
    CHECK(first.event.id == "1");
    const settlement later{.what = settlement::kind::retry_later, .wait = 10min};
    CHECK(p.w.block_on(c->settle(first.token, later)).has_value());
  }
  auto b = p.open();
  const auto c = b->join("g");
  const time_point began = p.w.now();
  const delivery other = b->next(*c);
  CHECK(other.event.id == "3");
  b->ack(*c, other);
  const delivery again = b->next(*c);
  CHECK(again.event.id == "1");
  CHECK(again.attempt == 2);
  CHECK(again.maybe_again);
  CHECK(p.w.now() - began >= 9min);
  b->ack(*c, again);
  const delivery second = b->next(*c);
  CHECK(second.event.id == "2");
  CHECK(second.attempt == 1);
}

TEST_CASE("sqlite group: two processes share it, each event goes to one, keys stay in order") {
  sqlite_place p;
  auto a = p.open(), b = p.open();
  std::vector<cloud_event> events;
  for (int n = 1; n <= 200; ++n) events.push_back(numbered(n, "k" + std::to_string(n % 7)));
  a->publish(std::move(events));
  const auto ca = a->join("g", 10), cb = b->join("g", 10);
  std::vector<std::string> seen[7];
  std::size_t by_b = 0;
  for (int n = 0; n < 200; ++n) {
    const bool turn_of_b = n % 3 == 0 && n < 150;
    opened_transport& who = turn_of_b ? *b : *a;
    ensue::consumer& c = turn_of_b ? *cb : *ca;
    const delivery d = who.next(c);
    seen[std::stoi(d.event.id) % 7].push_back(d.event.id);
    who.ack(c, d);
    by_b += turn_of_b ? 1U : 0U;
  }
  CHECK(by_b > 10);
  std::size_t all = 0;
  for (const auto& of_key : seen) {
    all += of_key.size();
    for (std::size_t i = 1; i < of_key.size(); ++i)
      CHECK(std::stoi(of_key[i - 1]) < std::stoi(of_key[i]));
  }
  CHECK(all == 200);
}

TEST_CASE("sqlite group: a member that hangs is fenced, its late ack refused") {
  sqlite_place p;
  auto a = p.open(), b = p.open();
  a->publish({numbered(1)});
  const auto ca = a->join("g");
  const delivery held = a->next(*ca);
  p.fence_all("g");  // as another process does when the lease of `a` is over
  const auto cb = b->join("g");
  const delivery taken = b->next(*cb);
  CHECK(taken.attempt == 2);
  CHECK(p.w.block_on(ca->settle(held.token, {})).error() == errc::expired);
  b->ack(*cb, taken);
  a->publish({numbered(2)});
  b->ack(*cb, b->next(*cb));
  a->publish({numbered(3)});
  CHECK(a->next(*ca).event.id == "3");  // it has joined anew
}

TEST_CASE("sqlite group: a delivery nobody settles comes again here; its attempt is counted") {
  sqlite_place p;
  auto a = p.open();
  a->publish({numbered(1)});
  auto c = a->join("g");
  const delivery first = a->next(*c);
  const delivery second = a->next(*c);
  CHECK(second.event.id == "1");
  CHECK(second.attempt == 2);
  CHECK(p.w.block_on(c->settle(first.token, {})).error() == errc::expired);
  c.reset();
  c = a->join("g");
  CHECK(a->next(*c).attempt == 3);
}

TEST_CASE("sqlite group: what a stopped consumer had claimed goes back unattempted") {
  sqlite_place p;
  auto a = p.open(), b = p.open();
  std::vector<cloud_event> events;
  for (int n = 1; n <= 10; ++n) events.push_back(numbered(n));
  a->publish(std::move(events));
  const auto ca = a->join("g", 10);
  const delivery held = a->next(*ca);
  ca->stop();
  const auto cb = b->join("g", 10);
  for (int n = 2; n <= 10; ++n) {
    const delivery d = b->next(*cb);
    CHECK(d.event.id == std::to_string(n));
    CHECK(d.attempt == 1);
    CHECK_FALSE(d.maybe_again);
    b->ack(*cb, d);
  }
  a->ack(*ca, held);
}

TEST_CASE("sqlite group: types are a pattern of the group, what it does not want is settled") {
  sqlite_place p;
  auto a = p.open();
  consume_options o{.group = "g", .types = {"order.*"}, .from_oldest = true};
  const auto c = p.w.block_on(a->t.consume(std::move(o))).value();
  std::vector<cloud_event> events;
  for (int n = 1; n <= 4; ++n) {
    events.push_back(numbered(n));
    events.back().type = n == 3 ? "order.placed" : "noise";
  }
  a->publish(std::move(events));
  const delivery d = a->next(*c);
  CHECK(d.event.id == "3");
  a->ack(*c, d);
  CHECK(p.w.block_on(a->t.store()->read([](connection& on) { return first_unsettled(on); }))
            .value() == 5);
}

TEST_CASE("sqlite group: the dead are kept with their reason, their key goes on") {
  sqlite_place p;
  auto a = p.open();
  a->publish({numbered(1, "k"), numbered(2, "k")});
  const auto c = a->join("g");
  const delivery d = a->next(*c);
  settlement give_up{.what = settlement::kind::dead, .reason = "poison"};
  CHECK(p.w.block_on(c->settle(d.token, give_up)).has_value());
  CHECK(p.w.block_on(c->settle(d.token, give_up)).has_value());  // the same way again
  CHECK(p.w.block_on(c->settle(d.token, {})).error() == errc::exists);
  CHECK(a->next(*c).event.id == "2");
  const auto dead = p.w.block_on(a->t.dead("g")).value();
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].event == d.event);
  CHECK(dead[0].reason == "poison");
  CHECK(dead[0].attempts == 1);
}

}  // namespace
}  // namespace ensue::sqlite
