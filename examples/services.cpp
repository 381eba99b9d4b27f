// A shop with several instances of each service: payments are shared between whoever is free,
// every till hears of new prices, one mailer writes the daily letter. They crash and leave.
// In virtual time; with a loop_runtime in place of the world it takes ten seconds.
#include <ensue/async/sleep.hpp>
#include <ensue/flow/service_group.hpp>
#include <ensue/flow/service_registry.hpp>
#include <ensue/reliability/fence.hpp>
#include <ensue/sim/world.hpp>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;
using ensue::delivery_mode;
using ensue::task;

struct order_placed {
  int id = 0;
  std::string customer;
};
struct price_changed {
  std::string item;
  int cents = 0;
};
struct day_ended {
  int day = 0;
};

// [handler]
task<> take_payment(ensue::runtime& rt, std::string me, const order_placed& e) {
  const int id = e.id;
  co_await sleep_for(rt, 100ms);
  std::printf("  %s has taken the payment of order %d\n", me.c_str(), id);
}
// [/handler]

void share_work(ensue::sim::world& w) {
  std::printf("pool: each order to one of the instances\n");
  ensue::bus bus{w.rt()};
  // [pool]
  ensue::service_options<order_placed> o{.service = "pay", .mode = delivery_mode::pool};
  o.each.concurrency = 1;  // of each instance
  o.each.key = &order_placed::customer;
  ensue::service_group<order_placed> pay{bus, o};
  const auto instance = [&](const std::string& me) {
    return [&rt = w.rt(), me](const order_placed& e) { return take_payment(rt, me, e); };
  };
  ensue::service_member one = pay.join("pay-1", instance("pay-1")).value();
  ensue::service_member two = pay.join("pay-2", instance("pay-2")).value();
  // [/pool]
  for (int id = 1; id <= 4; ++id)
    (void)bus.try_post<order_placed>(id, "customer " + std::to_string(id));
  w.run_for(150ms);
  std::printf("  pay-1 crashes\n");
  one.fail();
  w.run();
  std::printf("  %s\n", pay.counts().text().c_str());
}

void tell_all(ensue::sim::world& w) {
  std::printf("broadcast: every till hears of it\n");
  ensue::bus bus{w.rt()};
  // [broadcast]
  ensue::service_group<price_changed> tills{bus,
                                            {.service = "till", .mode = delivery_mode::broadcast}};
  const auto till = [](const char* me) {
    return [me](const price_changed& p) {
      std::printf("  %s: %s is %d cents\n", me, p.item.c_str(), p.cents);
    };
  };
  ensue::service_member north = tills.join("north", till("north")).value();
  ensue::service_member south = tills.join("south", till("south")).value();
  // [/broadcast]
  (void)bus.try_post<price_changed>("tea", 350);
  w.run();
}

void one_of_us(ensue::sim::world& w) {
  std::printf("singleton: one writes the letter, and what it writes to knows who\n");
  ensue::bus bus{w.rt()};
  ensue::fence archive;
  // [singleton]
  ensue::memory_lease_store store{w.rt()};
  ensue::lease leader{w.rt(), store, {.name = "mailer", .ttl = 3s}};
  ensue::service_options<day_ended> o{.service = "mailer", .mode = delivery_mode::singleton};
  o.lease = &leader;  // of several processes one leads
  ensue::service_group<day_ended> mailer{bus, o};
  const auto write = [&](const day_ended& e) {
    const bool kept = archive.pass(mailer.token()).has_value();
    std::printf("  day %d, token %d: %s\n", e.day, static_cast<int>(mailer.token()),
                kept ? "kept" : "refused");
  };
  ensue::service_member here = mailer.join("here", write).value();
  w.spawn_background("leader", leader.run());
  // [/singleton]
  (void)bus.try_post<day_ended>(1);
  w.run_for(10s);
  w.end();
}

void who_is_there(ensue::sim::world& w) {
  std::printf("registry: who is there\n");
  ensue::memory_announcements wire;
  // [registry]
  ensue::bus here{w.rt()}, there{w.rt()};
  ensue::service_registry seen{here, wire}, theirs{there, wire};
  const auto up = here.subscribe<ensue::instance_up>([](const ensue::instance_up& e) {
    std::printf("  %s is up, zone %s\n", e.what.instance.c_str(),
                e.what.metadata.at("zone").c_str());
  });
  const auto down = here.subscribe<ensue::instance_down>([](const ensue::instance_down& e) {
    std::printf("  %s is gone\n", e.what.instance.c_str());
  });
  ensue::registration_options pay{.service = "pay", .instance = "pay-1"};
  pay.metadata["zone"] = "b";
  ensue::registration me = theirs.add(pay).value();
  std::printf("  chosen: %s\n", seen.choose("pay")->instance.c_str());
  // [/registry]
  me.end();
  w.run_for(1min);
}

int main() {
  for (auto* const part : {share_work, tell_all, who_is_there, one_of_us}) {
    ensue::sim::world w;
    part(w);
  }
}
