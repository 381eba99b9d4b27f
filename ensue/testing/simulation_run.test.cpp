#include <ensue/async/buggify.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

struct seen {
  int crashes = 0, power_cuts = 0, sites = 0, clocks = 0;
  std::vector<bool> disk;
  bool fired_while_healing = false;
};

task<> pass_sites(service& s, seen& all) {
  for (;;) {
    co_await sleep_for(s.rt(), 20ms);
    if (!buggify(s.rt(), "loop")) continue;
    ++all.sites;
    all.fired_while_healing |= s.world().healing();
  }
}

task<> wait_healed(service& s) {
  while (!s.world().healing()) co_await sleep_for(s.rt(), 100ms);
  co_await sleep_for(s.rt(), 1s);
}

void everything(simulation& w, seen& all) {
  w.host("pay", [&](service& s) {
    all.crashes += s.host().lives() > 1;
    s.spawn("sites", pass_sites(s, all));
  });
  w.on_power_cut("pay", [&] { ++all.power_cuts; });
  w.on_disk_fault("pay", [&](bool failing) { all.disk.push_back(failing); });
  w.client("c", wait_healed);
  w.chaos({.crash = {"pay"},
           .power = {"pay"},
           .pause = {"pay"},
           .partition = {"pay"},
           .clock = {"pay"},
           .disk = {"pay"},
           .during = 5s});
  w.eventually("pay is up", 1s, [&] { return w.host("pay").up(); });
  w.run();
}

}  // namespace

TEST_CASE("every kind of fault happens in some seed, and none after the healing") {
  seen all;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    simulation w{{.seed = seed}};
    everything(w, all);
    CHECK((all.disk.empty() || !all.disk.back()));
    CHECK(w.text().find("chaos for 5 s") != std::string::npos);
  }
  CHECK(all.crashes > 10);
  CHECK(all.power_cuts > 10);
  CHECK(all.sites > 10);
  CHECK_FALSE(all.fired_while_healing);
}

TEST_CASE("two runs of a seed are the same; without its faults a run has none") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    seen first, second, third;
    simulation a{{.seed = seed}}, b{{.seed = seed}};
    simulation none{{.seed = seed, .edits = run_edits{}}};
    everything(a, first);
    everything(b, second);
    CHECK(a.world().hash() == b.world().hash());
    CHECK(a.faults().happened() == b.faults().happened());
    everything(none, third);
    CHECK(none.faults().empty());
    CHECK((third.crashes == 0 && third.sites == 0));
  }
}

TEST_CASE("a host's disk survives crashes, and loses by a power cut what was not synced") {
  int kept = 0, lost = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    simulation w{{.seed = seed}};
    sim::disk& disk = w.disk("pay");
    disk.set_content("old", "safe");
    w.host("pay", [&](service& s) {
      if (s.host().lives() > 1) return;
      auto file = disk.open("new", open_mode::replace).value();
      (void)file->write(0, "data");
    });
    const bool power = seed % 2 == 0;
    testing::chaos worst{.times_max = 1};
    (power ? worst.power : worst.crash) = {"pay"};
    w.chaos(worst);
    w.run();
    CHECK(disk.content("old") == "safe");
    if (w.host("pay").lives() == 1) continue;
    if (power) {
      lost += disk.content("new") != "data";
    } else {
      kept += disk.content("new") == "data";
    }
  }
  CHECK(kept > 5);
  CHECK(lost > 5);
}
