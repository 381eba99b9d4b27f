// The trading demo without parsing: feed -> bounded bus -> strategy and risk guard, on one thread:
// ns per event.
#include "demo_ensue.hpp"
#include "demo_peers.hpp"
#include "harness/child_row.hpp"

#include <string>
#include <vector>

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 9);
  const bench::table t{
      .workload = "demo", .variant = "feed to strategy and risk", .unit = "ns/event"};
  std::vector<bench::row> rows{bench::demo::ensue_plain(o), bench::demo::ensue_coroutines(o),
                               bench::demo::asio_channel(o)};
  bench::add_children(rows, o, "demo " + std::to_string(o.scaled(200'000)));
  bench::measure(t, rows, o);
}
