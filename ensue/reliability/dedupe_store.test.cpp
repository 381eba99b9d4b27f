#include <ensue/reliability/dedupe_store.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("a key is known for the window, and compared exactly, source and id") {
  sim::world w;
  memory_dedupe_store s{w.rt(), {.window = 10s}};
  w.block_on(s.record({"shop", "7"}));
  CHECK(s.seen({"shop", "7"}));
  CHECK_FALSE(s.seen({"shop7", ""}));
  CHECK_FALSE(s.seen({"", "shop7"}));
  CHECK_FALSE(s.seen({"shop", "70"}));
  w.run_for(10s - 1ns);
  CHECK(s.seen({"shop", "7"}));
  w.run_for(1ns);
  CHECK_FALSE(s.seen({"shop", "7"}));
  CHECK(s.size() == 0);
  CHECK(s.evicted_early() == 0);
}

TEST_CASE("its size is bounded: the oldest goes, and is counted") {
  sim::world w;
  memory_dedupe_store s{w.rt(), {.window = 10s, .entries_max = 2}};
  for (const char* id : {"1", "2", "3"}) s.remember({"shop", id}, w.now());
  CHECK(s.size() == 2);
  CHECK_FALSE(s.seen({"shop", "1"}));
  CHECK(s.seen({"shop", "2"}));
  CHECK(s.evicted_early() == 1);
}

TEST_CASE("a key that is recorded again is known from then on") {
  sim::world w;
  memory_dedupe_store s{w.rt(), {.window = 10s}};
  s.remember({"shop", "1"}, w.now());
  w.run_for(6s);
  s.remember({"shop", "1"}, w.now());
  w.run_for(6s);
  CHECK(s.seen({"shop", "1"}));
  CHECK(s.size() == 1);
  w.run_for(6s);
  CHECK_FALSE(s.seen({"shop", "1"}));
}
