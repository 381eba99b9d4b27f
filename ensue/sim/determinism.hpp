#pragma once

#include <ensue/sim/explore.hpp>

#include <cstdint>
#include <string>

namespace ensue::sim {

struct determinism {
  bool same = true;
  std::uint64_t hash = 0;              ///< of the first run
  std::uint64_t first_difference = 0;  ///< which entry of the history, from 0
  /// What both runs did there and just before; empty if they were the same.
  std::string report;
};

/// Runs `s` twice in this process, the second time on a heap whose addresses come in another
/// order and whose fresh memory holds other bytes, and compares every step, note and log line.
/// Notices decisions by pointer order or pointer hash, clocks, real randomness, uninitialised
/// reads, state that outlives a world. What never reaches a step, a note or a log is not seen, and
/// under AddressSanitizer, whose heap hands out rising addresses whatever happens, neither is
/// pointer order.
/// A scenario that fails, fails in both runs: its error is part of the comparison.
determinism check_determinism(const options& o, const scenario& s);
inline determinism check_determinism(std::uint64_t seed, const scenario& s) {
  return check_determinism(options::swarm(seed), s);
}

}  // namespace ensue::sim
