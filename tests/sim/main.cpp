// The simulation runner behind ./dev sim.
#include "scenarios.hpp"
#include <ensue/testing/sim_main.hpp>

int main(int argc, char** argv) {
  return ensue::testing::sim_main(argc, argv, ensue::scenarios::all(), "./dev sim");
}
