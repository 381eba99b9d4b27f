// What the hardware allows: a lane per producer, one cache line an event, its sequence in the line.
// Spins, never sleeps, carries the 48 used bytes of the event. A consumer that found few events
// holds off for a moment: chasing the producer line by line costs both of them.
#pragma once

#include "handover.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>

namespace bench {

class bare_lanes {
 public:
  void start(sink& s) {
    thread_ = std::thread([this, &s] { consume(s); });
  }
  void push(std::size_t lane, const tick& e) {
    auto& l = lanes_[lane];
    for (spinner wait; l.head - l.seen >= handover_capacity; wait())
      l.seen = l.tail.load(std::memory_order_acquire);
    slot& s = l.slots[l.head % handover_capacity];
    std::memcpy(s.bytes, &e, used);
    s.sequence.store(++l.head, std::memory_order_release);
  }
  void push_burst(std::size_t lane, const tick* e, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) push(lane, e[i]);
  }
  void stop() { thread_.join(); }

 private:
  static constexpr std::size_t used = 48;
  static constexpr std::uint64_t few = 64;
  static constexpr int hold_off = 32;
  struct alignas(64) slot {
    char bytes[56];
    std::atomic<std::uint64_t> sequence{0};
  };
  struct alignas(128) lane {
    std::unique_ptr<slot[]> slots = std::make_unique<slot[]>(handover_capacity);
    std::uint64_t head = 0, seen = 0;                // the producer's
    alignas(64) std::atomic<std::uint64_t> tail{0};  // the consumer's
  };

  /// Takes what one lane has, at most 256; true when the last event came.
  static bool drain(lane& l, std::uint64_t& at, sink& s) {
    for (const auto end = at + 256; at < end; ++at) {
      slot& next = l.slots[at % handover_capacity];
      if (next.sequence.load(std::memory_order_acquire) != at + 1) break;
      tick e;
      std::memcpy(&e, next.bytes, used);
      if (s.on(e)) return true;
      if ((at & 63) == 63) l.tail.store(at + 1, std::memory_order_release);
    }
    l.tail.store(at, std::memory_order_release);
    return false;
  }
  void consume(sink& s) {
    std::array<std::uint64_t, 2> at{};
    for (spinner wait;;) {
      const auto before = at[0] + at[1];
      for (std::size_t i = 0; i < at.size(); ++i)
        if (drain(lanes_[i], at[i], s)) return;
      const auto got = at[0] + at[1] - before;
      if (got == 0) {
        wait();
        continue;
      }
      wait = {};
      for (int i = 0; got < few && i < hold_off; ++i) relax();
    }
  }

  std::array<lane, 2> lanes_;
  std::thread thread_;
};

}  // namespace bench
