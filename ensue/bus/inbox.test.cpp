#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/inbox.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace ensue;

namespace {

struct tick {
  std::uint64_t producer = 0;
  std::uint64_t number = 0;
};
struct note {
  std::string text;
};

/// Runs the loop on this thread and one producer per inbox on others, until `total` have arrived.
struct arrivals {
  explicit arrivals(std::uint64_t n) : total{n} {}
  void operator()(const tick& t) {
    if (last.size() <= t.producer) last.resize(t.producer + 1);
    in_order &= t.number == last[t.producer]++;
    if (++seen == total) rt->stop();
  }
  loop_runtime* rt = nullptr;
  std::uint64_t total, seen = 0;
  std::vector<std::uint64_t> last;
  bool in_order = true;
};

void run_producers(std::size_t producers, std::uint64_t each, bool bursts) {
  loop_runtime rt;
  bus b{rt};
  arrivals all{producers * each};
  all.rt = &rt;
  auto s = b.subscribe<tick>([&](const tick& t) { all(t); });
  std::vector<std::thread> threads;
  for (std::size_t p = 0; p < producers; ++p) {
    threads.emplace_back([p, each, bursts, in = inbox<tick>{b, {.capacity = 64}}]() mutable {
      if (bursts) {
        in.burst(each, [&](std::size_t i) { return tick{p, i}; });
      } else {
        for (std::uint64_t i = 0; i < each; ++i) in.publish(p, i);
      }
    });
  }
  rt.run();
  for (auto& t : threads) t.join();
  CHECK(all.seen == producers * each);
  CHECK(all.in_order);
  CHECK(b.total().balanced());
  CHECK(b.total().handled == producers * each);
}

}  // namespace

TEST_CASE("events from other threads arrive once and in each producer's order") {
  run_producers(1, 20'000, false);
  run_producers(2, 20'000, false);
  run_producers(3, 5'000, true);
}

TEST_CASE("a closed bus releases a producer that waits for room, and destroys what is left") {
  loop_runtime rt;
  auto b = std::make_unique<bus>(rt);
  inbox<note> in{*b, {.capacity = 2}};
  CHECK(in.try_publish("kept in the lane, never handled, longer than a short string"));
  CHECK(in.try_publish("second"));
  CHECK_FALSE(in.try_publish("no room"));
  std::thread producer{[&] { CHECK_FALSE(in.publish("waits, then the bus is gone")); }};
  const auto engine = b->engine().shared_from_this();
  b.reset();
  producer.join();
  CHECK(engine->left_in_inboxes() == 2);
}

TEST_CASE("a full coroutine handler holds the lane back instead of losing events") {
  loop_runtime rt;
  bus b{rt};
  std::uint64_t seen = 0;
  auto s = b.subscribe<tick>(
      [&](const tick&, context& c) -> task<> {
        co_await yield(c.rt());
        if (++seen == 1000) rt.stop();
      },
      {.capacity = 4});
  std::thread producer{[in = inbox<tick>{b, {.capacity = 8}}]() mutable {
    for (std::uint64_t i = 0; i < 1000; ++i) in.publish(0u, i);
  }};
  rt.run();
  producer.join();
  CHECK(seen == 1000);
  CHECK(s.counts().dropped_total() == 0);
}
