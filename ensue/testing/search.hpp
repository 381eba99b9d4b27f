#pragma once

#include <ensue/testing/scenario.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::testing {

/// How one run ended.
struct outcome {
  std::optional<std::string> why{};  ///< it failed: the first broken promise, error or deadlock
  std::string broken{};              ///< the name of the promise; empty for errors and deadlocks
  std::uint64_t hash = 0;
  std::uint64_t steps = 0;
  duration elapsed{};
  // Only of failed runs:
  std::string setting{};             ///< seed, machine, sizes, chaos
  run_edits happened{};              ///< faults and sizes, as a replay takes them
  std::vector<std::string> trace{};  ///< last steps, if they were kept
};

/// What became of a fault site in all runs.
struct site_total {
  std::uint64_t reached = 0;
  std::uint64_t fired = 0;
  std::uint64_t active_seeds = 0;
};
using site_totals = std::map<std::string, site_total, std::less<>>;

outcome run_once(const scenario& s, const run_options& o, site_totals* sites = nullptr);

struct search_result {
  std::uint64_t seeds = 0;  ///< that were run, the failing one included
  std::uint64_t distinct = 0;
  std::uint64_t steps = 0;
  std::chrono::milliseconds virtual_time{};  ///< all seeds together: nanoseconds would overflow
  site_totals sites{};
  std::optional<std::uint64_t> failing_seed{};
  std::string broken{};  ///< as outcome::broken
  /// For people: what broke, the run's setting, its faults and last steps, how to replay it.
  std::string report{};

  bool ok() const noexcept { return !failing_seed; }
};

struct search_options {
  std::uint64_t seeds = 1000;
  std::uint64_t first_seed = 1;
  std::string planted{};
  std::optional<run_edits> edits{};
  std::size_t last_steps = 50;
  /// What repeats one seed; empty: the running program with ENSUE_SEED before it.
  std::function<std::string(std::uint64_t seed)> replay{};
  std::function<void(const search_result& so_far)> progress{};  ///< every few hundred seeds
};

/// Runs `s` once per seed until one fails; that one is run again for its trace, and it is told
/// when the second run was not the same. 8 bytes of memory a seed.
search_result search_seeds(const scenario& s, const search_options& o = {});

/// As above for a test of your own: ENSUE_SEED=n runs that seed alone, ENSUE_SEEDS=n that many,
/// ENSUE_FAULTS=list only those faults.
///
///     TEST_CASE("an order is charged once") {
///       const auto found = search_seeds("charges once", 2000, charges_once);
///       CHECK_MESSAGE(found.ok(), found.report);
///     }
search_result search_seeds(std::string_view name, std::uint64_t seeds, scenario_body body);

}  // namespace ensue::testing
