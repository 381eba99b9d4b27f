#pragma once

#include <ensue/sim/options.hpp>
#include <ensue/sim/world.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ensue::sim {

/// One run in a fresh world. It fails by throwing: `world::require`, an error of a task, a
/// deadlock. It must take all it decides from the world.
using scenario = std::function<void(world&)>;

/// Which seeds to run. Fields may be overridden from outside: ENSUE_SEED=n runs that seed alone,
/// ENSUE_SEEDS=n that many.
struct sweep {
  std::uint64_t seeds = 1000;
  std::uint64_t first_seed = 1;
  bool swarm = true;  ///< draw grid, stalls and step time for each seed
  sim::order order = sim::order::strand;
};

struct findings {
  std::uint64_t seeds = 0;     ///< that were run, the failing one included
  std::uint64_t distinct = 0;  ///< runs that differed from all others, by hash
  std::uint64_t steps = 0;
  duration virtual_time{};
  std::optional<std::uint64_t> failing_seed;
  /// For people: the seed, why it failed, its options and last steps, how to replay it.
  std::string report;
};

/// Runs `s` once per seed until one fails.
/// Cost: a few microseconds per seed beside what the scenario does; 8 bytes each.
findings explore(const sweep& seeds, const scenario& s);

/// explore() that throws `failure` with the report when a seed fails.
findings for_each_seed(std::uint64_t n, const scenario& s);

}  // namespace ensue::sim
