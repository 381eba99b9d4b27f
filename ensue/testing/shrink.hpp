#pragma once

#include <ensue/testing/search.hpp>

#include <cstdint>
#include <string>

namespace ensue::testing {

struct shrunk {
  run_edits left{};        ///< each of them is needed for the failure
  outcome last{};          ///< of the run with these alone, its trace kept
  std::uint64_t runs = 0;  ///< that it took
  std::size_t faults_before = 0;
  std::string report() const;
};

/// Takes faults away, many at a time and then one by one, and makes sizes smaller, as long as the
/// same promise breaks; an error or a deadlock stays one. `failing` must fail.
/// Cost: at most `runs_max` runs.
shrunk shrink(const scenario& s, run_options failing, std::uint64_t runs_max = 2000);

}  // namespace ensue::testing
