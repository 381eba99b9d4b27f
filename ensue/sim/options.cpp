#include <ensue/base/random.hpp>
#include <ensue/sim/options.hpp>

namespace ensue::sim {
namespace {

using namespace std::chrono_literals;

const char* name(order o) {
  switch (o) {
    case order::strand: return "strand order";
    case order::fifo: return "fifo order";
    case order::random: return "random order";
  }
  return "?";
}

template <class T, std::size_t N>
T pick(random_stream& from, const T (&choices)[N]) {
  return choices[from.below(N)];
}

}  // namespace

options options::swarm(std::uint64_t seed) {
  static constexpr duration grids[] = {0ns, 0ns, 100us, 1ms, 10ms};
  static constexpr unsigned stalls[] = {0, 0, 20, 100, 300};
  static constexpr duration stall_lengths[] = {50us, 1ms, 20ms};
  static constexpr duration steps[] = {0ns, 0ns, 100ns, 10us};
  random_stream draw{seed, "swarm"};
  options o;
  o.seed = seed;
  o.timer_grid = pick(draw, grids);
  o.stall_permille = pick(draw, stalls);
  o.stall_max = pick(draw, stall_lengths);
  o.step_time = pick(draw, steps);
  return o;
}

std::string options::text() const {
  std::string out = "seed " + std::to_string(seed) + ", " + name(order);
  if (timer_grid > duration::zero()) out += ", timers on a " + ensue::text(timer_grid) + " grid";
  if (stall_permille > 0)
    out +=
        ", " + std::to_string(stall_permille) + " permille stalls up to " + ensue::text(stall_max);
  if (step_time > duration::zero()) out += ", " + ensue::text(step_time) + " a step";
  return out;
}

}  // namespace ensue::sim
