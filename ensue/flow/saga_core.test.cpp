#include <ensue/flow/saga_core.hpp>

#include <doctest/doctest.h>

#include <tests/saga_fixture.hpp>

using namespace fulfilment;

TEST_CASE("a step that the store refuses did not happen, and may be tried again") {
  fixture f;
  warehouse house{f.b};
  f.start();
  f.store.refuse = 1;
  f.tell<order_placed>("a", 100);
  CHECK(f.all.account().started == 0);
  CHECK(f.all.account().not_stored == 1);
  CHECK(f.b.total().dead == 1);
  CHECK(house.came == 0);
  f.tell<order_placed>("a", 100);
  CHECK(f.all.account().live == 1);
  CHECK(house.came == 2);
  f.store.refuse = 2;
  f.w.run_for(31min);  // the time-out is refused, and comes again
  CHECK(f.all.account().compensated == 1);
  CHECK(f.all.account().not_stored == 3);
  f.stop();
}

TEST_CASE("the table of live sagas is bounded, that of ended ones too") {
  fixture f{{.live_max = 3, .ended_max = 4, .remember_ended = 1h}};
  f.start();
  for (const char* key : {"a", "b", "c", "d"}) f.tell<order_placed>(key, 1);
  CHECK(f.all.account().live == 3);
  CHECK(f.all.account().full == 1);
  CHECK(f.all.account().balanced());
  f.tell<payment_failed>("a", "no");
  f.tell<order_placed>("d", 1);
  CHECK(f.all.account().live == 3);
  f.tell<order_placed>("a", 1);
  CHECK(f.all.account().duplicates == 1);
  f.w.run_for(2h);
  for (int i = 0; i < 5; ++i) {
    f.tell<order_placed>(std::to_string(i), 1);
    f.tell<payment_failed>(std::to_string(i), "no");
  }
  CHECK(!f.all.find("fulfilment", "a"));
  CHECK(!f.all.find("fulfilment", "0"));
  CHECK(f.all.find("fulfilment", "4"));
  CHECK(f.all.account().balanced());
  f.stop();
}

TEST_CASE("an event of a saga that was not started leaves nothing behind") {
  sim::world w{7};
  memory_record_store store;
  bus b{w.rt()};
  sagas all{b, store, {.live_max = 1}};
  all.add(definition(saga_before::ignore));
  w.block_on(all.start());
  for (int i = 0; i < 5; ++i) (void)b.try_post<payment_processed>(std::to_string(i), "p");
  w.run_for(1s);
  CHECK(all.account().before_start == 5);
  CHECK(all.account().full == 0);
  CHECK(store.size() == 0);
  w.block_on(all.stop());
}

TEST_CASE("the store is compacted, and holds the same afterwards") {
  fixture f;
  warehouse house{f.b};
  f.start();
  for (const char* key : {"a", "b", "c"}) f.tell<order_placed>(key, 1);
  f.tell<payment_failed>("c", "no");
  f.store.pretend = 5000;
  f.tell<inventory_reserved>("a");
  CHECK(f.store.compactions == 1);
  CHECK(f.store.inner.size() <= 6);
  f.stop();
  bus b{f.w.rt()};
  warehouse other{b};
  sagas again{b, f.store};
  again.add(definition());
  f.w.block_on(again.start());
  f.w.run_for(1s);
  CHECK(again.account().live == 2);
  CHECK(again.account().compensated == 1);
  CHECK(again.account().republished == 0);
  CHECK(again.find("fulfilment", "a")->joined.size() == 1);
  f.w.block_on(again.stop());
}

TEST_CASE("a jump of the calendar makes no time-out early or late") {
  fixture f;
  f.start();
  f.tell<order_placed>("a", 1);
  f.w.host("main").jump_wall_clock(5h);
  f.w.run_for(29min);
  CHECK(f.all.account().live == 1);
  f.w.run_for(2min);
  CHECK(f.all.account().compensated == 1);
  f.stop();
}
