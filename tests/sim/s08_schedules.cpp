#include "s08_schedules.hpp"

#include "scenarios.hpp"

namespace ensue::scenarios {

void schedules(sim::world& w) { run_s08(w, ""); }

void schedules_planted(sim::world& w) {
  constexpr const char* bugs[] = {"drift", "greedy", "wall"};
  run_s08(w, bugs[w.random("bug").below(3)]);
}

}  // namespace ensue::scenarios
