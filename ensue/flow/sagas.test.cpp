#include <ensue/flow/sagas.hpp>

#include <doctest/doctest.h>

#include <tests/saga_fixture.hpp>

using namespace fulfilment;

TEST_CASE("sagas on a bus: one completes, one is undone, and the account says so") {
  fixture f;
  warehouse house{f.b};
  f.start();
  f.tell<order_placed>("a", 100);
  f.tell<order_placed>("b", 200);
  CHECK(f.all.account().live == 2);
  f.tell<payment_processed>("a", "p1");
  f.tell<inventory_reserved>("a");
  f.tell<parcel_sent>("a");
  f.tell<inventory_reserved>("b");
  f.tell<payment_failed>("b", "declined");
  CHECK(house.done == std::map<std::string, int>{{"command.charge-card a", 1},
                                                 {"command.charge-card b", 1},
                                                 {"command.reserve-stock a", 1},
                                                 {"command.reserve-stock b", 1},
                                                 {"fulfilment.started a", 1},
                                                 {"command.release-stock b", 1}});
  const saga_account n = f.all.account();
  CHECK(n.balanced());
  CHECK(n.text() == "started 2 = completed 1 + compensated 1 + parked 0 + live 0, 6 effects");
  CHECK(f.all.find("fulfilment", "b")->reason == "declined");
  f.stop();
}

TEST_CASE("a restart continues where it was: time-outs, effects with the same ids") {
  sim::world w{7};
  slow_store store{w.rt()};
  std::set<uuid> first;
  {
    bus b{w.rt()};
    auto hang = b.subscribe<charge_card>([&](const charge_card&, context& c) -> task<> {
      first.insert(c.event_id());
      return [](runtime& rt) -> task<> { co_await sleep_for(rt, 10h); }(c.rt());
    });
    sagas all{b, store};
    all.add(definition());
    w.block_on(all.start());
    (void)b.try_post<order_placed>("a", 100);
    w.run_for(10min);
    CHECK(first.size() == 1);
    w.block_on(all.stop());
  }
  bus b{w.rt()};
  warehouse house{b};
  sagas all{b, store};
  all.add(definition());
  w.block_on(all.start());
  w.run_for(1s);
  CHECK(all.account().republished == 2);
  CHECK(house.came == 2);
  CHECK(house.ids.contains(*first.begin()));
  w.run_for(20min - 2s);
  CHECK(all.account().live == 1);
  w.run_for(2s);
  CHECK(all.account().compensated == 1);
  CHECK(all.account().timeouts == 1);
  w.block_on(all.stop());
}

TEST_CASE("definitions with faults, and records that cannot be read, are refused at the start") {
  sim::world w{7};
  memory_record_store store;
  bus b{w.rt()};
  const auto fault = [&](sagas& s) {
    try {
      w.block_on(s.start());
    } catch (const boost::system::system_error& e) {
      return std::string{e.what()};
    }
    return std::string{"none"};
  };
  SUBCASE("a fault") {
    saga_definition<memory> d{"s", 1};
    sagas all{b, store};
    all.add(d);
    CHECK(fault(all).find("saga s has no state") != std::string::npos);
  }
  SUBCASE("a record") {
    w.block_on(store.append(R"({"saga":"fulfilment","version":1})"));
    sagas all{b, store};
    all.add(definition());
    CHECK(fault(all).find("a saga's record cannot be read") != std::string::npos);
  }
}

TEST_CASE("versions: an unknown one is parked and kept, an older one continued or migrated") {
  sim::world w{7};
  memory_record_store store;
  {
    bus b{w.rt()};
    sagas all{b, store};
    all.add(definition());
    w.block_on(all.start());
    (void)b.try_post<order_placed>("a", 100);
    w.run_for(1s);
    w.block_on(all.stop());
  }
  saga_definition<memory> second{"fulfilment", 2};
  second.event(&order_placed::order);
  second.event(&inventory_reserved::order);
  second.state("new").on<order_placed>("stock");
  second.state("stock").within(1h).on<inventory_reserved>(saga_completed);
  bus b{w.rt()};
  sagas all{b, store};
  SUBCASE("unknown") {
    all.add(second);
    w.block_on(all.start());
    CHECK(all.account().parked == 1);
    REQUIRE(all.parked().size() == 1);
    CHECK(all.parked()[0].reason == "version 1 of fulfilment is not defined here");
    const std::size_t records = store.size();
    (void)b.try_post<inventory_reserved>("a");
    w.run_for(1s);
    CHECK(b.total().dead == 1);
    CHECK(store.size() == records);
    CHECK(w.block_on(all.resume("fulfilment", "a")).error() == errc::refused);
  }
  SUBCASE("side by side") {
    all.add(definition());
    all.add(second);
    w.block_on(all.start());
    (void)b.try_post<inventory_reserved>("a");
    w.run_for(1s);
    CHECK(all.find("fulfilment", "a")->version == 1);
    CHECK(all.find("fulfilment", "a")->joined.size() == 1);
    (void)b.try_post<order_placed>("new", 1);
    w.run_for(1s);
    CHECK(all.find("fulfilment", "new")->version == 2);
  }
  SUBCASE("migrated") {
    second.migrate(1, [](saga_record& r) { r.state = "stock"; });
    all.add(second);
    w.block_on(all.start());
    (void)b.try_post<inventory_reserved>("a");
    w.run_for(1s);
    CHECK(all.account().completed == 1);
  }
  CHECK(all.account().balanced());
  w.block_on(all.stop());
}

TEST_CASE("a parked saga is listed, resumed, undone or given up by its key") {
  fixture f;
  warehouse house{f.b};
  f.start();
  f.tell<order_placed>("a", 100);
  f.tell<payment_processed>("a", "p1");
  f.tell<payment_failed>("a", "stolen card");
  f.w.run_for(6min);
  REQUIRE(f.all.parked().size() == 1);
  CHECK(f.all.parked()[0].key == "a");
  CHECK(f.w.block_on(f.all.resume("fulfilment", "nobody")).error() == errc::not_found);
  CHECK(f.w.block_on(f.all.resume("fulfilment", "a")).has_value());
  CHECK(f.all.account().live == 1);
  CHECK(f.w.block_on(f.all.resume("fulfilment", "a")).error() == errc::refused);
  f.w.run_for(6min);
  CHECK(f.all.account().parked == 1);
  SUBCASE("given up") {
    CHECK(f.w.block_on(f.all.abandon("fulfilment", "a", "lost")).has_value());
    CHECK(f.all.account().parked == 1);
    CHECK(f.all.parked().empty());
    CHECK(f.all.find("fulfilment", "a")->in.note == "lost");
  }
  SUBCASE("undone") {
    CHECK(f.w.block_on(f.all.compensate("fulfilment", "a")).has_value());
    CHECK(f.all.account().compensated == 1);
  }
  CHECK(f.all.account().balanced());
  f.stop();
}
