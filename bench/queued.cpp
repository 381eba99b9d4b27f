// Events queued in batches, then handled, on one thread: ns per event, both halves together.
#include "harness/table.hpp"
#include "queued_ensue.hpp"
#include "queued_peers.hpp"

#include <string>
#include <vector>

namespace {

void run(const bench::options& o, int batch) {
  using namespace bench::queued;
  const bench::table t{
      .workload = "queued", .variant = "batches of " + std::to_string(batch), .unit = "ns/event"};
  const std::vector<bench::row> rows{
      ensue_queued(o, batch, "ensue post", awaited_posts),
      ensue_queued(o, batch, "ensue try_post", tried_posts),
      swapped_vector(o, batch),
      built_in_slot(o, batch),
      locked_deque(o, batch),
      spsc(o, batch),
      moodycamel_tokens(o, batch),
      asio_post(o, batch),
  };
  bench::measure(t, rows, o);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 21);
  run(o, 64);
  run(o, 1000);
}
