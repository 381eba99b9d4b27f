#include <ensue/sim/options.hpp>
#include <ensue/testing/chaos.hpp>

#include <algorithm>
#include <tuple>

namespace ensue::testing {
namespace {

duration up_to(random_stream& from, duration most) {
  const auto n = static_cast<std::uint64_t>(std::max(most, duration::zero()).count());
  return duration{static_cast<std::int64_t>(from.below(n + 1))};
}

// Half of the seeds have none of it, the others a quarter or all.
std::uint64_t draw_rate(random_stream& from, double worst) {
  const double limited = std::clamp(worst, 0.0, 1.0) * 1e6;
  switch (from.below(4)) {
    case 0: return static_cast<std::uint64_t>(limited);
    case 1: return static_cast<std::uint64_t>(limited / 4);
    default: return 0;
  }
}

void draw_faults(std::vector<planned_fault>& into, fault_kind kind, const chaos& worst,
                 const std::vector<std::string>& hosts, random_stream& from) {
  for (const std::string& host : hosts) {
    const auto times = static_cast<unsigned>(from.below(worst.times_max + 1));
    for (unsigned n = 1; n <= times; ++n) {
      planned_fault f{kind, host, n};
      f.at = up_to(from, worst.during);
      f.length = up_to(from, kind == fault_kind::clock ? worst.jump_max : worst.down_max);
      if (kind == fault_kind::clock && from.chance(500)) f.length = -f.length;
      into.push_back(std::move(f));
    }
  }
}

std::string share(std::uint64_t per_million) {
  const std::uint64_t tenths = per_million / 1000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

}  // namespace

std::string_view text(fault_kind kind) noexcept {
  switch (kind) {
    case fault_kind::crash: return "crash";
    case fault_kind::power: return "power";
    case fault_kind::pause: return "pause";
    case fault_kind::partition: return "partition";
    case fault_kind::clock: return "clock";
    case fault_kind::disk: return "disk";
  }
  return "?";
}

std::string planned_fault::id() const {
  return std::string{testing::text(kind)} + ":" + host + "#" + std::to_string(number);
}

std::string planned_fault::text() const {
  return id() + " at " + sim::text(at) + (kind == fault_kind::clock ? " by " : " for ") +
         sim::text(length);
}

drawn_chaos draw(const chaos& worst, random_stream from) {
  drawn_chaos d;
  d.drop = draw_rate(from, worst.drop);
  d.duplicate = draw_rate(from, worst.duplicate);
  d.reorder = draw_rate(from, worst.reorder);
  d.delay = worst.delay;
  if (from.chance(500)) d.delay.max = worst.delay.min + (worst.delay.max - worst.delay.min) / 10;
  d.buggify = worst.buggify && from.chance(500);
  draw_faults(d.faults, fault_kind::crash, worst, worst.crash, from);
  draw_faults(d.faults, fault_kind::power, worst, worst.power, from);
  draw_faults(d.faults, fault_kind::pause, worst, worst.pause, from);
  draw_faults(d.faults, fault_kind::partition, worst, worst.partition, from);
  draw_faults(d.faults, fault_kind::clock, worst, worst.clock, from);
  draw_faults(d.faults, fault_kind::disk, worst, worst.disk, from);
  std::sort(d.faults.begin(), d.faults.end(), [](const auto& a, const auto& b) {
    return std::tie(a.at, a.kind, a.host, a.number) < std::tie(b.at, b.kind, b.host, b.number);
  });
  return d;
}

std::string drawn_chaos::text() const {
  std::string out = "messages take " + sim::text(delay.min) + " to " + sim::text(delay.max);
  if (drop) out += ", " + share(drop) + " dropped";
  if (duplicate) out += ", " + share(duplicate) + " doubled";
  if (reorder) out += ", " + share(reorder) + " overtake";
  if (buggify) out += ", fault sites active";
  for (const planned_fault& f : faults) out += "\n  " + f.text();
  return out;
}

}  // namespace ensue::testing
