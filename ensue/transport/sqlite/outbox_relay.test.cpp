#include <ensue/transport/memory_transport.hpp>
#include <ensue/transport/sqlite/outbox_relay.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tests/sqlite_place.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

// A broker to relay to, that may be away.
struct target {
  explicit target(sim::world& world)
      : w{world}, broker{std::make_shared<memory_broker>(w.rt(), bounds)}, t{broker} {
    (void)w.block_on(t.open());
  }
  std::vector<std::string> ids() {
    std::vector<std::string> seen;
    const auto each = [&](const delivery& d) -> task<> {
      seen.push_back(d.event.id);
      co_return;
    };
    (void)w.block_on(t.replay({}, each));
    return seen;
  }
  static constexpr memory_broker_options bounds{.unsettled_max = 3};
  sim::world& w;
  std::shared_ptr<memory_broker> broker;
  memory_transport t;
};

// A relay at work, until the end of the test.
struct running {
  running(sim::world& w, outbox_relay& r) : job{w.rt(), "relay", r.run()} { job->start_soon(); }
  owned_job<void> job;
};

TEST_CASE("sqlite outbox: an event leaves if its transaction was committed, in order, once") {
  sqlite_place p;
  target to{p.w};
  {
    auto a = p.open();
    outbox_relay relay{a->t, to.t, {}};
    const running r{p.w, relay};
    for (int n = 1; n <= 3; ++n) {
      const auto place = [n](tx& t) {
        t.publish(numbered(n, "k"));
        if (n == 2) throw std::runtime_error{"no"};
      };
      if (n == 2) {
        CHECK_THROWS(p.w.block_on(a->t.transact(place)));
      } else {
        CHECK(p.w.block_on(a->t.transact(place)).has_value());
      }
    }
    CHECK(p.w.run_until([&] { return relay.relayed() == 2; }, 1s));
    CHECK(relay.working());
    CHECK(to.ids() == std::vector<std::string>{"1", "3"});
  }
}

TEST_CASE("sqlite outbox: a target that refuses is tried again, then all goes on where it stood") {
  sqlite_place p;
  target to{p.w};
  auto a = p.open();
  consume_options slow{.group = "slow"};
  const auto c = p.w.block_on(to.t.consume(slow)).value();
  outbox_relay relay{a->t, to.t, {.at_once = 2}};
  const running r{p.w, relay};
  for (int n = 1; n <= 6; ++n) a->publish({numbered(n)});
  p.w.run_for(5s);
  CHECK(relay.trouble().find("memory:") != std::string::npos);
  for (int n = 1; n <= 6; ++n) {
    const delivery d = p.w.block_on(c->next()).value();
    CHECK(d.event.id == std::to_string(n));
    CHECK(p.w.block_on(c->settle(d.token, {})).has_value());
  }
  CHECK(p.w.run_until([&] { return relay.relayed() >= 6 && relay.trouble().empty(); }, 10s));
}

TEST_CASE("sqlite outbox: of two with one name one works; the other takes over, from its place") {
  sqlite_place p;
  target to{p.w};
  auto a = p.open(), b = p.open();
  auto first = std::make_unique<outbox_relay>(a->t, to.t, relay_options{.types = {"t"}});
  auto second = std::make_unique<outbox_relay>(b->t, to.t, relay_options{.types = {"t"}});
  const running r{p.w, *first};
  p.w.run_for(1s);
  const running s{p.w, *second};
  b->publish({numbered(1)});  // the other one knows of it first
  CHECK(p.w.run_until([&] { return first->relayed() == 1; }, 1s));
  p.w.run_for(1s);
  CHECK(second->relayed() == 0);
  CHECK_FALSE(second->working());
  p.apart([](connection& c) { c.execute("UPDATE ensue_members SET until=0 WHERE id=1"); });
  p.w.run_for(100ms);
  cloud_event unwanted = numbered(2);
  unwanted.type = "other";
  b->publish({unwanted, numbered(3)});
  CHECK(p.w.run_until([&] { return first->relayed() + second->relayed() == 2; }, 60s));
  CHECK(to.ids() == std::vector<std::string>{"1", "3"});
}

}  // namespace
}  // namespace ensue::sqlite
