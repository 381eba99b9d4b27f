#include <ensue/sim/options.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("swarm options depend on the seed alone and differ between seeds") {
  CHECK(sim::options::swarm(7).text() == sim::options::swarm(7).text());
  std::set<std::string> kinds;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::string text = sim::options::swarm(seed).text();
    kinds.insert(text.substr(text.find(',')));
  }
  CHECK(kinds.size() > 40);
}

TEST_CASE("options print all that shapes the run") {
  sim::options o;
  o.seed = 9;
  o.timer_grid = 1ms;
  o.stall_permille = 20;
  o.stall_max = 50us;
  o.step_time = 100ns;
  CHECK(o.text() ==
        "seed 9, strand order, timers on a 1 ms grid, 20 permille stalls up to 50 us, "
        "100 ns a step");
}
