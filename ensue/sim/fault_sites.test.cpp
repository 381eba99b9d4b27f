#include <ensue/async/buggify.hpp>
#include <ensue/sim/fault_sites.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("a quarter of the sites are active, and an active one fires a quarter of the time") {
  int active = 0, fired = 0, wrong = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    sim::fault_sites sites{seed};
    for (int i = 0; i < 100; ++i)
      if (sites.fires("store.write")) ++fired;
    const sim::site_count& s = sites.counts().at("store.write");
    active += s.active;
    wrong += s.reached != 100 || (!s.active && s.fired > 0);
  }
  CHECK(active > 70);
  CHECK(active < 130);
  CHECK(fired > active * 20);
  CHECK(fired < active * 30);
  CHECK(wrong == 0);
}

TEST_CASE("sites are drawn apart, repeat with the seed, and can be vetoed and stopped") {
  sim::fault_sites a{7, {.active_permille = 500}}, b{7, {.active_permille = 500}};
  int apart = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string place = "site" + std::to_string(i);
    CHECK(a.fires(place) == b.fires(place));
    apart += a.counts().at(place).active != a.counts().at("site0").active;
  }
  CHECK(apart > 5);
  sim::fault_sites always{1, {.active_permille = 1000, .fires_permille = 1000}};
  CHECK(always.fires("x"));
  always.admit = [](std::string_view place) { return place != "x"; };
  CHECK_FALSE(always.fires("x"));
  CHECK(always.fires("y"));
  always.stop();
  CHECK_FALSE(always.fires("y"));
  CHECK(always.counts().at("y").reached == 2);
}

TEST_CASE("every life of every host has the world's fault sites") {
  sim::fault_sites always{1, {.active_permille = 1000, .fires_permille = 1000}};
  sim::world w;
  CHECK_FALSE(buggify(w.rt(), "x"));
  w.set_faults(&always);
  CHECK(buggify(w.rt(), "x"));
  sim::host& h = w.host("other");
  CHECK(buggify(h.rt(), "x"));
  h.crash();
  h.restart();
  CHECK(buggify(h.rt(), "x"));
}
