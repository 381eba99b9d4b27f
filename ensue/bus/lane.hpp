#pragma once

#include <ensue/async/runtime.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ensue {

class dispatcher;

inline constexpr std::size_t cache_line = 64;

/// What all producers of one bus share with its loop: read on every publish, written only when the
/// loop goes to sleep or wakes.
struct alignas(cache_line) loop_attention {
  std::atomic<bool> asleep{true};
  std::atomic<bool> closed{false};
  bool fence_needed = true;  ///< no process-wide barrier on this machine
  runtime* rt = nullptr;

  /// After an event became visible: wakes the loop if it sleeps. The order "store the event, load
  /// the flag" is kept by the sleeper's process-wide barrier (membarrier), so that publishing costs
  /// no fence; where there is none, by a fence here.
  void call() noexcept {
    if (fence_needed) {
      std::atomic_thread_fence(std::memory_order_seq_cst);
    } else {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    if (asleep.load(std::memory_order_relaxed) && asleep.exchange(false)) rt->wake();
  }
};

/// The way of one producer thread's events to the loop: a ring with one writer and one reader.
class lane_base {
 public:
  virtual ~lane_base() = default;
  /// Loop thread: hands over what has arrived, up to `most`; true if there was anything.
  virtual bool drain(dispatcher& d, std::size_t most) = 0;
  /// Loop thread: destroys what is left; returns how many.
  virtual std::size_t discard() = 0;

  void producer_left() noexcept { abandoned_.store(true, std::memory_order_release); }
  bool abandoned() const noexcept { return abandoned_.load(std::memory_order_acquire); }
  /// Releases a producer that waits for room.
  void notify_producer() noexcept { tail_.notify_one(); }

 protected:
  /// Loop thread: slots before `position` are free again.
  void free_until(std::uint64_t position) noexcept {
    tail_.store(position, std::memory_order_seq_cst);
    if (producer_waits_.load(std::memory_order_seq_cst)) tail_.notify_one();
  }

  alignas(cache_line) std::atomic<std::uint64_t> tail_{0};
  std::atomic<bool> producer_waits_{false};
  std::atomic<bool> abandoned_{false};
};

/// Waits, first awake, then in the kernel, until `tail` moves away from `seen`.
void wait_for_room(std::atomic<std::uint64_t>& tail, std::atomic<bool>& waits, std::uint64_t seen,
                   const std::atomic<bool>& closed) noexcept;

}  // namespace ensue
