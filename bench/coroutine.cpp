// A coroutine handler that suspends once per event, on one thread, 100 events in flight: ns per
// event.
#include "coroutine_ensue.hpp"
#include "coroutine_peers.hpp"
#include "harness/table.hpp"

#include <vector>

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 15);
  const bench::table t{.workload = "coroutine", .variant = "suspends once", .unit = "ns/event"};
  const std::vector<bench::row> rows{
      bench::coro::ensue_handler(o, "ensue coroutine handler", 1),
      bench::coro::ensue_handler(o, "ensue coroutine handler, concurrency 8", 8),
      bench::coro::ensue_long_lived(o),
      bench::coro::asio_spawned(o),
      bench::coro::asio_long_lived(o),
      bench::coro::pooled_frames(o),
  };
  bench::measure(t, rows, o);
}
