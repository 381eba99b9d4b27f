#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/duration_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace ensue::sim {

/// In which order ready work runs.
enum class order : std::uint8_t {
  strand,  ///< FIFO within a strand and among the functions posted to one host, random between
  fifo,    ///< as it became ready: what a real, unhurried loop does
  random,  ///< anything goes, also what Asio promises in order: finds bugs that cannot happen too
};

/// Everything that shapes one simulated run beside the program itself. The same options and the
/// same program give the same run, step by step.
struct options {
  std::uint64_t seed = 1;
  sim::order order = sim::order::strand;
  /// Timers fire on this grid, never early: more becomes ready at once. 0: exact.
  duration timer_grid{};
  /// How often (per mille) a ready strand is held back, and for up to how long: a busy machine.
  unsigned stall_permille = 0;
  duration stall_max{};
  /// What each step costs in virtual time. 0: time stands still while anything is ready.
  duration step_time{};
  /// How long a function handed in from outside, and an offloaded job, may take.
  duration handover_max = std::chrono::microseconds{100};
  duration offload_max = std::chrono::milliseconds{1};
  std::size_t offload_outstanding_max = 260;
  /// A single `run…` call that takes more steps than this is a livelock.
  std::uint64_t steps_max = 10'000'000;

  /// The same run but with grid, stalls and step time drawn from the seed: a swarm of seeds
  /// covers kinds of machine that no single setting does.
  static options swarm(std::uint64_t seed);
  /// "seed 7, strand order, timers on a 1 ms grid, …"
  std::string text() const;
};

using ensue::text;

}  // namespace ensue::sim
