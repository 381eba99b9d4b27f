// From publishing on one thread to the handler on another, at a steady rate: p50 and p99.
#include "handover_ensue.hpp"
#include "handover_peers.hpp"
#include "harness/table.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

double quantile(const std::vector<double>& sorted, double q) {
  const auto at = std::size_t(q * double(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

template <class Handover>
bench::row latency(const bench::options& o, double per_second, std::string name) {
  const double seconds = o.tiny ? 0.05 : 1.0;
  const bench::load l{.events = std::uint64_t(per_second * seconds), .gap_ns = 1e9 / per_second};
  return {name,
          [=] {
            std::vector<double> ns;
            const auto cpu = bench::own_cpu_ns();
            const auto wall = bench::wall_ns();
            bench::hand_over<Handover>(l, name, &ns);
            const double cores =
                double(bench::own_cpu_ns() - cpu) / double(bench::wall_ns() - wall);
            std::sort(ns.begin(), ns.end());
            return bench::figures{quantile(ns, 0.50) / 1e3, quantile(ns, 0.99) / 1e3, cores};
          },
          {}};
}

void run(const bench::options& o, double per_second, const char* rate) {
  using namespace bench;
  const table t{.workload = "latency",
                .variant = rate,
                .unit = "us",
                .columns = {"p50", "p99", "cores used"},
                .two_threads = true};
  const std::vector<row> rows{
      latency<ensue_inbox<0>>(o, per_second, "ensue inbox, parking"),
      latency<ensue_inbox<50>>(o, per_second, "ensue inbox, adaptive"),
      latency<pulled<spsc_spinning>>(o, per_second, "Boost.Lockfree spsc_queue, spinning"),
      latency<pulled<condvar_ring>>(o, per_second, "condvar parker"),
      latency<asio_posted>(o, per_second, "asio::post"),
  };
  measure(t, rows, o);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 7);
  run(o, 100'000, "100 k events/s");
  run(o, 1'000, "1 k events/s");
}
