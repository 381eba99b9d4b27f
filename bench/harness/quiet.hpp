// Two busy threads on a shared machine: a sample counts only while others leave it alone.
#pragma once

#include "clocks.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <unistd.h>
#include <utility>

namespace bench {

/// Busy time of all cores since boot, in ns (10 ms steps). 0 where /proc/stat is missing.
inline double machine_busy_ns() {
  std::ifstream stat("/proc/stat");
  std::string cpu;
  double user = 0, nice = 0, system = 0, idle = 0, io = 0, irq = 0, soft = 0, steal = 0;
  stat >> cpu >> user >> nice >> system >> idle >> io >> irq >> soft >> steal;
  return (user + nice + system + irq + soft + steal) * 1e9 / double(sysconf(_SC_CLK_TCK));
}

/// Runs `work`; returns the share of one core that others used meanwhile.
template <class Work>
double foreign_load(Work&& work) {
  const double busy = machine_busy_ns();
  const auto own = own_cpu_ns();
  const auto begin = wall_ns();
  std::forward<Work>(work)();
  const auto span = double(std::max<std::uint64_t>(wall_ns() - begin, 1));
  const double others = machine_busy_ns() - busy - double(own_cpu_ns() - own);
  return std::max(0.0, others / span);
}

/// Waits, at most `limit_ms`, for 60 ms in which nobody else computes.
inline void wait_quiet(int limit_ms, double threshold) {
  for (int waited = 0; waited < limit_ms; waited += 60)
    if (foreign_load([] { usleep(60'000); }) <= threshold) return;
}

}  // namespace bench
