#include <ensue/async/process_barrier.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace ensue;

// The litmus test it is made for: of "store mine, look at yours" on both sides, one must see the
// other's store, though the frequent side has no fence.
TEST_CASE("a store before the barrier and a store before a plain look cannot both be missed") {
  if (!has_process_barrier()) return;
  constexpr int rounds = 2'000;
  struct round {
    std::atomic<bool> rare{false}, frequent{false};
    bool rare_saw = false, frequent_saw = false;
  };
  std::vector<round> all(rounds);
  std::atomic<int> begun{0};
  std::thread frequent{[&] {
    for (int i = 0; i < rounds; ++i) {
      while (begun.load(std::memory_order_acquire) <= i) {
      }
      round& r = all[static_cast<std::size_t>(i)];
      r.frequent.store(true, std::memory_order_relaxed);
      std::atomic_signal_fence(std::memory_order_seq_cst);
      r.frequent_saw = r.rare.load(std::memory_order_relaxed);
    }
  }};
  for (round& r : all) {
    begun.fetch_add(1, std::memory_order_release);
    r.rare.store(true, std::memory_order_relaxed);
    process_barrier();
    r.rare_saw = r.frequent.load(std::memory_order_relaxed);
  }
  frequent.join();
  int both_missed = 0;
  for (const round& r : all) both_missed += !r.rare_saw && !r.frequent_saw;
  CHECK(both_missed == 0);
}
