#pragma once

#include <ensue/testing/simulation.hpp>

#include <concepts>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace ensue::testing {

/// What a scenario does: a function of a simulation, or of a bare world without hosts and chaos.
class scenario_body {
 public:
  template <std::invocable<simulation&> F>
  scenario_body(F f) : run_{std::move(f)} {}  // NOLINT(google-explicit-constructor): `.run = f`
  template <std::invocable<sim::world&> F>
    requires(!std::invocable<F, simulation&>)
  scenario_body(F f)  // NOLINT(google-explicit-constructor): likewise
      : run_{[f = std::move(f)](simulation& s) { f(s.world()); }} {}

  void operator()(simulation& s) const { run_(s); }

 private:
  std::function<void(simulation&)> run_;
};

/// A bug that a scenario has when asked to (simulation::planted), to show that it finds such.
struct planted_bug {
  std::string name;
  std::string says{};
};

/// One kind of run, to be searched for a seed that fails. It must take all it decides from the
/// simulation.
struct scenario {
  std::string name;
  std::string says;
  scenario_body run;
  std::vector<planted_bug> bugs{};
};

}  // namespace ensue::testing
