#pragma once

#include <ensue/async/process_barrier.hpp>
#include <ensue/async/runtime.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ensue {

class dispatcher;

inline constexpr std::size_t cache_line = 64;

inline void fetch_to_write(unsigned char* line) noexcept {
#if defined(__x86_64__)
  asm("prefetchw %0" : : "m"(*line));  // the built-in reads only, unless built for newer machines
#else
  __builtin_prefetch(line, 1);
#endif
}

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
  /// Loop thread: hands over what has arrived, up to `most`; returns how many.
  virtual std::size_t drain(dispatcher& d, std::size_t most) = 0;
  /// Loop thread: destroys what is left; returns how many.
  virtual std::size_t discard() = 0;
  virtual std::size_t capacity() const noexcept = 0;

  void producer_left() noexcept { abandoned_.store(true, std::memory_order_release); }
  bool abandoned() const noexcept { return abandoned_.load(std::memory_order_acquire); }
  /// Releases a producer that waits for room.
  void notify_producer() noexcept { tail_.notify_one(); }

 protected:
  /// Loop thread: slots before `position` are free again. "Store the tail, load the flag" is kept
  /// in order by the waiting producer's process-wide barrier, as in loop_attention::call.
  void free_until(std::uint64_t position) noexcept {
    tail_.store(position, std::memory_order_release);
    if (has_barrier_) {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    if (!producer_waits_.load(std::memory_order_relaxed)) [[likely]]
      return;
    tail_.store(position, std::memory_order_seq_cst);  // before notify looks for who waits
    tail_.notify_one();
  }

  const bool has_barrier_ = has_process_barrier();
  alignas(cache_line) std::atomic<std::uint64_t> tail_{0};
  std::atomic<bool> producer_waits_{false};
  std::atomic<bool> abandoned_{false};
};

/// Waits, first awake, then in the kernel, until `tail` moves away from `seen`.
void wait_for_room(std::atomic<std::uint64_t>& tail, std::atomic<bool>& waits, std::uint64_t seen,
                   const std::atomic<bool>& closed) noexcept;

}  // namespace ensue
