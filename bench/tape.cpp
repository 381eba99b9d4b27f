// The trading example's real tape: reading, parsing and the bus apart. One thread, CPU time.
#include "harness/table.hpp"

#include <string>
#include <vector>

#ifdef BENCH_HAVE_TRADING
#include "tape_ensue.hpp"
#endif

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 9);
  const bench::table t{.workload = "tape",
                       .variant = o.tape.substr(o.tape.rfind('/') + 1),
                       .unit = "ns/event, M events/s, MB/s unpacked",
                       .columns = {"ns/event", "M events/s", "MB/s"}};
#ifdef BENCH_HAVE_TRADING
  bench::measure(t, bench::tape::rows(o), o);
#else
  bench::measure(t, {bench::absent("the trading example", "zlib1g-dev")}, o);
#endif
}
