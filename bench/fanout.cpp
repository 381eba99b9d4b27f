// One event to 1, 4 and 16 plain handlers in place, on one thread: ns per event.
#include "fanout_ensue.hpp"
#include "fanout_peers.hpp"
#include "harness/table.hpp"

#include <string>
#include <vector>

namespace {

template <int N>
void run(const bench::options& o) {
  using namespace bench::fanout;
  bench::table t{.workload = "fanout",
                 .variant = std::to_string(N) + (N == 1 ? " handler" : " handlers"),
                 .unit = "ns/event"};
  std::vector<bench::row> rows{
      ensue_emit<N>(o),    bare_functions<N>(o), contiguous_delegates<N>(o),
      virtual_calls<N>(o), type_map_bus<N>(o),   signals2<N>(o),
      sigcpp<N>(o),
  };
  bench::measure(t, rows, o);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 25);
  run<1>(o);
  run<4>(o);
  run<16>(o);
}
