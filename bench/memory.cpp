// Bytes of idle things, and the cost of what does not match.
#include "harness/table.hpp"
#include "memory_ensue.hpp"
#include "memory_peers.hpp"
#include "memory_wildcards.hpp"

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
  bench::measure(bench::table{.workload = "memory",
                              .variant = "wildcard subscriptions that do not match",
                              .unit = "ns/event"},
                 {emit_among(o, "emit with none", 0), emit_among(o, "emit with 10 k", 10'000)}, o);
  bench::measure(
      bench::table{
          .workload = "memory", .variant = "10 k wildcard subscriptions", .unit = "bytes each"},
      {bytes_per_wildcard(o)}, o);
}
