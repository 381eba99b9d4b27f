#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/flow/replay.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order_seen {
  static constexpr std::string_view event_name = "shop.order";
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(order_seen, (), (number))
struct mail_wanted {
  int number = 0;
};

struct fixture {
  fixture() {
    (void)registry.add<order_seen>();
    w.block_on(log.start());
    const auto logging = log.attach(b, "shop.>");
    for (int i = 1; i <= 3; ++i) {
      (void)b.try_post<order_seen>(i);
      w.run_for(10s);
    }
  }
  replay_report replay_all(replay_options o) {
    return w.block_on(replay(log, {}, b, std::move(o)));
  }

  sim::world w{5};
  event_registry registry;
  memory_record_store store;
  bus b{w.rt(), {.registry = &registry}};
  event_log log{w.rt(), store};
};

}  // namespace

TEST_CASE("a replay tells the events again, marked, with their ids, to all or to the chosen ones") {
  fixture f;
  std::vector<int> totals, mails;
  std::vector<uuid> ids;
  auto totalling = f.b.subscribe<order_seen>(
      [&](const order_seen& o, context& c) {
        CHECK(c.replay() == replay_mark::held_back);
        ids.push_back(c.event_id());
        totals.push_back(o.number);
      },
      {.name = "totals"});
  auto mailing = f.b.subscribe<order_seen>(
      [&](const order_seen& o, context& c) -> task<> {
        mails.push_back(effects_allowed(c) ? o.number : -o.number);
        co_return;
      },
      {.name = "mails"});
  SUBCASE("all") {
    const replay_report r = f.replay_all({});
    CHECK(r.delivered == 3);
    CHECK(totals == std::vector<int>{1, 2, 3});
    CHECK(mails == std::vector<int>{-1, -2, -3});
    const auto logged = f.log.read({});
    REQUIRE(ids.size() == 3);
    CHECK(ids[2] == logged[2].id);
  }
  SUBCASE("one of them") {
    CHECK(f.replay_all({.into = {"totals"}}).delivered == 3);
    CHECK(totals == std::vector<int>{1, 2, 3});
    CHECK(mails.empty());
  }
  SUBCASE("nobody of that name") {
    CHECK_THROWS_AS(f.replay_all({.into = {"nobody"}}), boost::system::system_error);
    CHECK(totals.empty());
  }
}

TEST_CASE("what a replayed event causes is a replay too, and its effects may be allowed") {
  fixture f;
  std::vector<bool> allowed;
  auto cause = f.b.subscribe<order_seen>(
      [](const order_seen& o, context& c) { (void)c.try_post<mail_wanted>(o.number); });
  auto nested = f.b.subscribe<order_seen>(
      [&](const order_seen& o) { (void)f.b.emit<mail_wanted>(o.number); });
  auto send = f.b.subscribe<mail_wanted>(
      [&](const mail_wanted&, context& c) { allowed.push_back(effects_allowed(c)); });
  f.replay_all({});
  f.w.run();
  CHECK(allowed == std::vector<bool>(6, false));
  allowed.clear();
  f.replay_all({.allow_effects = true});
  f.w.run();
  CHECK(allowed == std::vector<bool>(6, true));
  allowed.clear();
  (void)f.b.try_post<order_seen>(9);
  f.w.run();
  CHECK(allowed == std::vector<bool>(2, true));
}

TEST_CASE("a replay is not logged again") {
  fixture f;
  const auto logging = f.log.attach(f.b, "shop.>");
  f.replay_all({});
  f.w.run();
  CHECK(f.log.account().events == 3);
}

TEST_CASE("a replay waits for slow handlers, and keeps the pauses of then when asked to") {
  fixture f;
  std::vector<time_point> came;
  auto slow = f.b.subscribe<order_seen>([&](const order_seen&, context& c) -> task<> {
    came.push_back(c.rt().now());
    co_await sleep_for(c.rt(), 1s);
  });
  const time_point began = f.w.now();
  f.replay_all({});
  REQUIRE(came.size() == 3);
  CHECK(came[2] - began >= 2s);
  CHECK(came[2] - began < 3s);
  came.clear();
  f.replay_all({.speed = 2});
  CHECK(came[1] - came[0] >= 5s);
}

TEST_CASE("handlers that fail and events that cannot be read are reported, the others told") {
  fixture f;
  logged_event odd = f.log.read({})[0];
  odd.event.value = parse_json(R"({"number":"two"})").value();
  (void)f.w.block_on(f.log.append(odd));
  auto picky = f.b.subscribe<order_seen>([](const order_seen& o) {
    if (o.number == 2) throw std::runtime_error{"not 2"};
  });
  const replay_report r = f.replay_all({});
  CHECK(r.delivered == 3);
  CHECK(r.failed == 1);
  CHECK(r.unreadable == 1);
  REQUIRE(r.faults.size() == 2);
  CHECK(r.faults[0] == "shop.order number 2: not 2");
  CHECK(r.faults[1].find("shop.order number 4: number: expected") == 0);
}
