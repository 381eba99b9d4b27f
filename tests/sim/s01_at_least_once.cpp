// S-01: orders go through an at-least-once broker to a payment service that crashes. Each accepted
// order is charged, none twice.
#include "scenarios.hpp"
#include <ensue/async/sleep.hpp>
#include <ensue/testing/sim_broker.hpp>

#include <map>
#include <set>
#include <string>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;
using testing::broker_consumer;
using testing::delivery;
using testing::message;
using testing::service;
using testing::sim_broker;

struct order_placed {
  const delivery* from = nullptr;
};

struct bank {
  std::map<std::string, int> charges;
  std::set<std::string> seen;
};

struct shared {
  simulation& w;
  sim_broker& broker;
  testing::durable<bank>& db;
  std::set<std::string> accepted{};

  bool charged(const std::string& id) const {
    const auto at = db->charges.find(id);
    return at != db->charges.end() && at->second > 0;
  }
  void charge(const std::string& id) {
    db.change([&](bank& b) { ++b.charges[id]; });
  }
};

task<> query(runtime& rt, duration most, random_stream& draw) {
  const auto n = static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(most.count())));
  co_await sleep_for(rt, duration{n}, "database");
}

// One transaction looks, charges and records; the planted ones do it in several.
task<> charge(shared& s, runtime& rt, random_stream& draw, const std::string& id) {
  if (s.w.planted("mark_first")) {
    if (!s.db.change([&](bank& b) { return b.seen.insert(id).second; })) co_return;
    co_await query(rt, 300ms, draw);
    s.charge(id);
  } else if (s.w.planted("racy")) {
    if (s.db->seen.contains(id)) co_return;
    co_await query(rt, 300ms, draw);
    s.charge(id);
    s.db.change([&](bank& b) { b.seen.insert(id); });
  } else {
    co_await query(rt, 300ms, draw);
    if (s.w.planted("no_dedupe")) co_return s.charge(id);
    s.db.change([&](bank& b) {
      if (b.seen.insert(id).second) ++b.charges[id];
    });
  }
}

struct payment {
  payment(shared& all, service& on)
      : s{all},
        rt{on.rt()},
        draw{on.rt().random("database")},
        in{all.broker, on.host(), "pay", 4} {}
  shared& s;
  runtime& rt;
  random_stream draw;
  broker_consumer in;
};

task<> handle(payment& p, bus& b) {
  for (;;) {
    const delivery d = co_await p.in.next();
    if (p.s.w.planted("early_ack")) p.in.ack(d);
    co_await b.publish<order_placed>(&d);
    p.in.ack(d);
  }
}

task<> pay(payment& p, const order_placed& o) {
  const std::string id = o.from->what.id;
  co_await charge(p.s, p.rt, p.draw, id);
}

task<> shop(shared& s, service& on, std::uint64_t orders) {
  random_stream draw = on.rt().random("orders");
  for (std::uint64_t i = 1; i <= orders; ++i) {
    message m;
    m.id = std::to_string(i);
    m.key = std::to_string(i % 3);
    for (;;) {
      message copy = m;
      const result<> sent = co_await s.broker.publish(on.host(), std::move(copy));
      if (sent) break;
      co_await sleep_for(on.rt(), 200ms, "before the next try");
    }
    s.accepted.insert(m.id);
    co_await query(on.rt(), 400ms, draw);
  }
}

std::string charged_twice(const bank& b) {
  for (const auto& [id, n] : b.charges)
    if (n > 1) return "order " + id + " was charged " + std::to_string(n) + " times";
  return {};
}

}  // namespace

void s01_at_least_once(simulation& w) {
  // [world]
  sim_broker broker{w};
  shared s{w, broker, w.durable<bank>()};
  const std::uint64_t orders = w.size("orders", 1, 8);
  w.host("pay", [&](service& on) {
    payment& p = on.make<payment>(s, on);
    on.on<order_placed>([&p](const order_placed& o) { return pay(p, o); }, {.concurrency = 4});
    for (int i = 0; i < 4; ++i) on.spawn("handle", handle(p, on.bus()));
  });
  w.client("shop", [&](service& on) { return shop(s, on, orders); });
  w.chaos({.drop = 0.05,
           .duplicate = 0.02,
           .reorder = 0.1,
           .delay = {200us, 40ms},
           .crash = {"pay", "broker"},
           .partition = {"pay"},
           .during = 4s});
  w.always("no order is charged twice", [&] { return charged_twice(s.db.value()); });
  w.eventually("every accepted order is charged", 10min, [&] {
    for (const std::string& id : s.accepted)
      if (!s.charged(id)) return false;
    return true;
  });
  w.run();
  // [/world]
}

}  // namespace ensue::scenarios
