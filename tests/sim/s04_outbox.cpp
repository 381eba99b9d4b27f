// S-04: an order and the event that tells of it are one transaction; a relay sends what is in the
// outbox. A crash at any fault site loses nothing and tells nothing that is not so.
#include "scenarios.hpp"
#include <ensue/async/buggify.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/testing/sim_broker.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;
using testing::delivery;
using testing::message;
using testing::service;
using testing::sim_broker;

struct database {
  std::set<std::string> orders;
  std::map<std::string, bool> outbox;  // id, sent
};

struct shared {
  simulation& w;
  sim_broker& broker;
  testing::durable<database>& db;
  std::set<std::string> heard{};
};

// A crash of this very machine; the await never ends.
task<> crash_at(service& on, std::string_view place) {
  if (!buggify(on.rt(), place)) co_return;
  on.host().crash();
  co_await yield(on.rt());
}

task<> send(shared& s, service& on, std::string id) {
  message m;
  m.id = std::move(id);
  (void)co_await s.broker.publish(on.host(), std::move(m));
}

task<> place(shared& s, service& on, std::string id) {
  co_await crash_at(on, "order.before_write");
  if (s.w.planted("publish_first")) {
    co_await send(s, on, id);
    co_await crash_at(on, "order.after_publish");
    s.db.change([&](database& d) { d.orders.insert(id); });
    co_return;
  }
  if (s.w.planted("two_writes")) {
    s.db.change([&](database& d) { d.orders.insert(id); });
    co_await crash_at(on, "order.between_writes");
    s.db.change([&](database& d) { d.outbox.emplace(id, false); });
  } else {
    auto t = s.db.begin();
    t->orders.insert(id);
    co_await crash_at(on, "order.between_writes");
    t->outbox.emplace(id, false);
    if (!t.commit()) co_return;  // the client asks again
  }
  co_await crash_at(on, "order.after_write");
}

task<> relay(shared& s, service& on) {
  for (;;) {
    std::string id;
    for (const auto& [entry, sent] : s.db->outbox)
      if (!sent && id.empty()) id = entry;
    if (id.empty()) {
      co_await sleep_for(on.rt(), 100ms, "outbox");
      continue;
    }
    const auto mark = [&s, &id] { s.db.change([&](database& d) { d.outbox[id] = true; }); };
    if (s.w.planted("mark_first")) mark();
    co_await crash_at(on, "relay.before_publish");
    message m;
    m.id = id;
    const result<> sent = co_await s.broker.publish(on.host(), std::move(m));
    co_await crash_at(on, "relay.after_publish");
    if (sent) {
      mark();
    } else {
      co_await sleep_for(on.rt(), 100ms, "before the next try");
    }
  }
}

task<> take_orders(shared& s, service& on, std::uint64_t orders) {
  for (std::uint64_t i = 1; i <= orders; ++i) {
    const std::string id = std::to_string(i);
    if (s.db->orders.contains(id)) continue;  // before the crash
    co_await place(s, on, id);
    co_await sleep_for(on.rt(), 50ms, "the next customer");
  }
}

task<> hear(shared& s, testing::broker_consumer& in) {
  for (;;) {
    const delivery d = co_await in.next();
    s.heard.insert(d.what.id);
    in.ack(d);
  }
}

std::string told_but_untrue(const shared& s) {
  for (const std::string& id : s.heard)
    if (!s.db->orders.contains(id)) return "order " + id + " was told of but is not there";
  return {};
}

}  // namespace

void s04_outbox(simulation& w) {
  sim_broker broker{w};
  shared s{w, broker, w.durable<database>()};
  const std::uint64_t orders = w.size("orders", 1, 5);
  w.host("shop", [&](service& on) {
    on.spawn("orders", take_orders(s, on, orders));
    on.spawn("relay", relay(s, on));
  });
  w.host("mail", [&](service& on) {
    auto& in = on.make<testing::broker_consumer>(broker, on.host(), "mail", 8);
    on.spawn("hear", hear(s, in));
  });
  // A site that fires takes the machine down; somebody starts it again.
  w.client("operator", [&w, &s, orders](service& on) -> task<> {
    while (s.db->orders.size() < orders || !w.healing()) {
      w.host("shop").restart();
      co_await sleep_for(on.rt(), 300ms, "operator");
    }
  });
  w.chaos(
      {.drop = 0.05, .duplicate = 0.02, .delay = {200us, 20ms}, .crash = {"broker"}, .during = 3s});
  w.always("nothing is told that is not so", [&] { return told_but_untrue(s); });
  w.eventually("every order is told of", 5min,
               [&] { return s.heard.size() == s.db->orders.size(); });
  w.run();
}

}  // namespace ensue::scenarios
