// One and two threads publish to one consumer: million events per second.
#include "handover_caf.hpp"
#include "handover_ensue.hpp"
#include "handover_floor.hpp"
#include "handover_peers.hpp"
#include "harness/child_row.hpp"

#include <string>
#include <vector>

namespace {

template <class Handover>
bench::row rate(const bench::options& o, const bench::load& l, std::string name, double events) {
  bench::load scaled = l;
  scaled.events = std::uint64_t(o.scaled(events));
  return bench::plain(name, [=] { return 1e3 / bench::hand_over<Handover>(scaled, name); });
}

std::vector<bench::row> peers(const bench::options& o, const bench::load& l) {
  using namespace bench;
  std::vector<row> rows{rate<ensue_inbox<50>>(o, l, "ensue inbox", 5e6)};
  if (l.burst == 1)
    rows.push_back(
        rate<ensue_inbox<50, made::in_slot>>(o, l, "ensue inbox, built in its slot", 5e6));
  if (l.producers == 1) {
    const std::string spsc = "Boost.Lockfree spsc_queue, spinning";
    const load each_alone{.producers = 1};
    rows.push_back(rate<pulled<spsc_spinning>>(o, l, spsc, 5e6));
    if (l.burst > 1)
      rows.push_back(rate<pulled<spsc_spinning>>(o, each_alone, spsc + ", each alone", 5e6));
  }
  rows.push_back(rate<pulled<swapped_batch>>(o, l, "mutex + condvar, whole batch swapped", 2e6));
  rows.push_back(rate<pulled<condvar_ring>>(o, l, "mutex + 2 condvars", 1e6));
#ifdef BENCH_HAVE_MOODYCAMEL
  rows.push_back(rate<pulled<moodycamel_blocking>>(o, l, "moodycamel, blocking", 1e6));
#else
  rows.push_back(absent("moodycamel, blocking", "libconcurrentqueue-dev"));
#endif
#ifdef BENCH_HAVE_TBB
  rows.push_back(rate<pulled<tbb_bounded>>(o, l, "TBB concurrent_bounded_queue", 1e6));
#else
  rows.push_back(absent("TBB concurrent_bounded_queue", "libtbb-dev"));
#endif
#ifdef BENCH_HAVE_CAF
  rows.push_back(rate<caf_actor>(o, l, "CAF actor (+ credits)", 5e5));
#else
  rows.push_back(absent("CAF actor (+ credits)", "libcaf-dev"));
#endif
  rows.push_back(rate<asio_posted>(o, l, "asio::post (+ credits)", 1e6));
  return rows;
}

void run(const bench::options& o, int producers, std::size_t burst) {
  const bench::table t{
      .workload = "cross",
      .variant = std::to_string(producers) + (producers == 1 ? " producer, " : " producers, ") +
                 (burst == 1 ? "each alone" : "bursts of " + std::to_string(burst)),
      .unit = "M events/s",
      .lower_is_better = false,
      .two_threads = true};
  const bench::load l{.producers = producers, .burst = burst};
  auto rows = peers(o, l);
  bench::add_children(rows, o,
                      "cross " + std::to_string(producers) + " " + std::to_string(o.scaled(2e6)));
  rows.push_back(rate<bench::bare_lanes>(o, l, "floor: one-line lanes, spinning", 5e6));
  bench::measure(t, rows, o);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 9);
  for (const int producers : {1, 2})
    for (const std::size_t burst : {1, 64}) run(o, producers, burst);
}
