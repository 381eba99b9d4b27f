// What a policy costs an event that it lets through, on one thread: ns per event from its post to
// its end, in batches of 64, and how often memory was allocated.
#include "policy_ensue.hpp"

#include <vector>

// Counted, then as always.
void* operator new(std::size_t size) {
  ++bench::policy::allocations();
  if (void* at = std::malloc(size)) return at;
  throw std::bad_alloc{};
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }

namespace {

using namespace bench::policy;

template <class Handler>
void compare(const bench::options& o, std::string variant, Handler h, bool can_time_out) {
  const bench::table t{.workload = "policy",
                       .variant = std::move(variant),
                       .unit = "ns/event",
                       .columns = {"ns", "allocations"}};
  std::vector<bench::row> rows{
      subscribed(o, "bare", h, bare()),
      subscribed(o, "retry, breaker", h, retried()),
  };
  if (can_time_out) rows.push_back(subscribed(o, "retry, breaker, timeout", h, timed()));
  bench::measure(t, rows, o);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv, 21);
  compare(o, "plain handler", plain_handler{}, false);
  compare(o, "coroutine handler", coroutine_handler{}, true);
  compare(o, "coroutine handler that suspends once", suspending_handler{}, true);
}
