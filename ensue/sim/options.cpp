#include <ensue/base/random.hpp>
#include <ensue/sim/options.hpp>

#include <array>

namespace ensue::sim {
namespace {

using namespace std::chrono_literals;

struct unit {
  std::int64_t ns;
  const char* name;
};
constexpr std::array units{unit{1'000'000'000, " s"}, unit{1'000'000, " ms"}, unit{1000, " us"},
                           unit{1, " ns"}};

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

std::string text(duration d) {
  const std::int64_t ns = d.count();
  const std::int64_t size = ns < 0 ? -ns : ns;
  std::size_t u = 0;
  while (u + 1 < units.size() && size < units[u].ns) ++u;
  std::string out;
  if (ns < 0) out += '-';
  out += std::to_string(size / units[u].ns);
  const std::int64_t rest = size % units[u].ns;
  if (rest != 0) {
    std::string digits = std::to_string(units[u].ns + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out.append(".").append(digits);
  }
  return out + units[u].name;
}

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
  if (timer_grid > duration::zero()) out += ", timers on a " + sim::text(timer_grid) + " grid";
  if (stall_permille > 0)
    out += ", " + std::to_string(stall_permille) + " permille stalls up to " + sim::text(stall_max);
  if (step_time > duration::zero()) out += ", " + sim::text(step_time) + " a step";
  return out;
}

}  // namespace ensue::sim
