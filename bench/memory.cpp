// Bytes of idle things, and the cost of what does not match.
#include "harness/table.hpp"
#include "memory_ensue.hpp"
#include "memory_peers.hpp"

#include <vector>

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 3);
  using namespace bench::memory;
  bench::measure(bench::table{.workload = "memory",
                              .variant = "idle timers",
                              .unit = "bytes each",
                              .columns = {"100 k", "1 M"}},
                 {ensue_timers(o), asio_timers(o)}, o);
  bench::measure(bench::table{.workload = "memory",
                              .variant = "subscriptions",
                              .unit = "bytes each",
                              .columns = {"100 k", "1 M"}},
                 {ensue_subscriptions(o), bare_functions(o), signal_slots(o)}, o);
}
