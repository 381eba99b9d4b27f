// Durable transports: events stored a second, and read and handled by a group. Wall time: the disk
// is what is measured.
#include "harness/table.hpp"

#ifdef BENCH_HAVE_SQLITE
#include "transports_sqlite.hpp"
#endif

#include <string>
#include <vector>

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 5);
#ifdef BENCH_HAVE_SQLITE
  for (const int batch : {100, 1000}) {
    const bench::table append{.workload = "transports",
                              .variant = "append, batches of " + std::to_string(batch),
                              .unit = "k events/s",
                              .lower_is_better = false,
                              .two_threads = true};
    bench::measure(append, bench::sqlite_append(o, batch), o);
  }
  const bench::table one{.workload = "transports",
                         .variant = "append, 64 publishers, one event each",
                         .unit = "k events/s",
                         .lower_is_better = false,
                         .columns = {"rate", "p99 ms"},
                         .two_threads = true};
  bench::measure(one, bench::sqlite_single(o), o);
  const bench::table handle{.workload = "transports",
                            .variant = "read and handle by a group",
                            .unit = "k events/s",
                            .lower_is_better = false,
                            .two_threads = true};
  bench::measure(handle, bench::sqlite_handle(o), o);
#else
  (void)o;
#endif
}
