#include <ensue/bus/bus.hpp>
#include <ensue/bus/subscription_state.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace ensue;

namespace {

struct quote {
  std::string symbol;
  int price = 0;
};

struct fixture {
  sim::world w;
  bus b{w.rt()};
  std::vector<int> seen;

  subscription subscribe(subscribe_options<quote> o) {
    return b.subscribe<quote>([this](const quote& q) { seen.push_back(q.price); }, std::move(o));
  }
  void post(int n) {
    for (int i = 1; i <= n; ++i) (void)b.try_post<quote>(i % 2 ? "odd" : "even", i);
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "drop_oldest keeps the latest and counts the rest") {
  auto s = subscribe({.capacity = 3, .on_full = overflow::drop_oldest});
  post(10);
  w.run();
  CHECK(seen == std::vector<int>{8, 9, 10});
  ledger l = s.counts();
  CHECK(l.dropped_for(drop_reason::overflow_oldest) == 7);
  CHECK(l.accepted == 10);
  CHECK(l.balanced());
}

TEST_CASE_FIXTURE(fixture, "drop_newest keeps the earliest and counts the rest") {
  auto s = subscribe({.capacity = 3, .on_full = overflow::drop_newest});
  post(10);
  w.run();
  CHECK(seen == std::vector<int>{1, 2, 3});
  ledger l = s.counts();
  CHECK(l.dropped_for(drop_reason::overflow_newest) == 7);
  CHECK(l.balanced());
}

TEST_CASE_FIXTURE(fixture, "reject refuses the event whole and counts nothing as accepted") {
  auto s = subscribe({.capacity = 3, .on_full = overflow::reject});
  post(10);
  CHECK(b.try_post<quote>("odd", 11) == errc::full);
  w.run();
  CHECK(seen == std::vector<int>{1, 2, 3});
  CHECK(s.counts().accepted == 3);
}

TEST_CASE_FIXTURE(fixture, "latest_per_key replaces the queued event of the key") {
  auto s = subscribe({.capacity = 2, .on_full = overflow::latest_per_key, .key = &quote::symbol});
  post(10);
  w.run();
  CHECK(seen == std::vector<int>{9, 10});
  ledger l = s.counts();
  CHECK(l.dropped_for(drop_reason::superseded) == 8);
  CHECK(l.balanced());
}

TEST_CASE_FIXTURE(fixture, "latest_per_key never keeps two of a key, full or not") {
  auto s = subscribe({.capacity = 4, .on_full = overflow::latest_per_key, .key = &quote::symbol});
  for (int price = 1; price <= 9; ++price) CHECK_FALSE(b.try_post<quote>("odd", price));
  CHECK(s.counts().queued == 1);
  for (const char* other : {"b", "c", "d", "e"}) CHECK_FALSE(b.try_post<quote>(other, 100));
  CHECK_FALSE(b.try_post<quote>("c", 101));
  w.run();
  CHECK(seen == std::vector<int>{100, 101, 100, 100});  // full of others: the oldest made room
  CHECK(s.counts().dropped_for(drop_reason::superseded) == 9);
  CHECK(s.counts().dropped_for(drop_reason::overflow_oldest) == 1);
  CHECK(s.counts().balanced());
}

TEST_CASE_FIXTURE(fixture, "a filter's events are counted as filtered, also when posted") {
  auto s = subscribe({.where = [](const quote& q) { return q.symbol == "odd"; }});
  post(10);
  (void)b.emit<quote>("even", 12);
  w.run();
  CHECK(seen == std::vector<int>{1, 3, 5, 7, 9});
  CHECK(s.counts().filtered == 6);
  CHECK(s.counts().balanced());
}

TEST_CASE_FIXTURE(fixture, "once means one, also when the handler publishes its own event") {
  int calls = 0;
  auto s = b.subscribe<quote>(
      [&](const quote& q) {
        ++calls;
        (void)b.emit<quote>(q.symbol, q.price);
      },
      {.once = true});
  (void)b.emit<quote>("odd", 1);
  (void)b.emit<quote>("odd", 2);
  CHECK(calls == 1);
  CHECK_FALSE(s.active());
  CHECK(b.total().balanced());
}

TEST_CASE_FIXTURE(fixture, "a handler bound to an owner ends with it") {
  auto owner = std::make_shared<int>(1);
  auto s = subscribe({.owner = owner, .bound_to_owner = true});
  (void)b.emit<quote>("odd", 1);
  owner.reset();
  (void)b.emit<quote>("odd", 2);
  CHECK(seen == std::vector<int>{1});
  CHECK_FALSE(s.active());
  CHECK(b.total().balanced());
}

TEST_CASE_FIXTURE(fixture, "an error handler that throws is contained") {
  int told = 0;
  auto s = b.subscribe<quote>([](const quote&) { throw std::string{"no"}; },
                              {.on_error = [&](const failure& f) {
                                ++told;
                                CHECK(f.what() == "no");
                                throw 7;
                              }});
  CHECK(b.emit<quote>("odd", 1).failed == 1);
  CHECK_FALSE(b.try_post<quote>("odd", 2));
  w.run();
  CHECK(told == 2);
  CHECK(s.counts().dead == 2);
}

TEST_CASE_FIXTURE(fixture, "halting holds what is queued and acts before the next handler") {
  auto s = subscribe({});
  post(3);
  b.engine().set_brakes({.halts = [](const subscription_state&) { return true; }});
  w.run();
  CHECK(seen.empty());
  CHECK(b.emit<quote>("odd", 4).delivered == 0);
  CHECK(s.counts().dropped_for(drop_reason::halted) == 1);
  b.engine().set_brakes({});
  w.run();
  CHECK(seen == std::vector<int>{1, 2, 3});
  CHECK(s.counts().balanced());
}
