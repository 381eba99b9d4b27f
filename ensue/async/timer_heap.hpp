#pragma once

#include <ensue/async/work.hpp>
#include <ensue/base/clock.hpp>

#include <cstdint>
#include <vector>

namespace ensue {

class timer_heap;

/// Work that becomes ready at a time. Owned by its user; disarms itself when destroyed.
class timer_entry : public work {
 public:
  using work::work;
  ~timer_entry();

  bool armed() const noexcept { return heap_ != nullptr; }
  time_point when() const noexcept { return when_; }

 private:
  friend class timer_heap;
  timer_heap* heap_ = nullptr;
  std::size_t index_ = 0;
  std::uint64_t sequence_ = 0;  // ties fire in the order they were armed
  time_point when_{};
};

/// The one timer structure of a loop: an indexed 4-ary heap. Arming and disarming cost O(log n),
/// O(1) when deadlines come in rising order as time-outs do; 24 bytes here per armed timer.
/// Exact (no ticks) and deterministic, so the simulator uses the same one.
class timer_heap {
 public:
  timer_heap() = default;
  timer_heap(const timer_heap&) = delete;
  timer_heap& operator=(const timer_heap&) = delete;
  ~timer_heap();

  void arm(timer_entry& t, time_point when);
  void disarm(timer_entry& t) noexcept;
  bool empty() const noexcept { return slots_.empty(); }
  std::size_t size() const noexcept { return slots_.size(); }
  time_point next() const noexcept { return slots_.empty() ? never : slots_.front().when; }
  /// Takes the earliest entry if it is due at `now`; null otherwise.
  timer_entry* pop_due(time_point now) noexcept;

 private:
  struct slot {
    time_point when;
    std::uint64_t sequence;
    timer_entry* entry;
    bool before(const slot& other) const noexcept {
      return when != other.when ? when < other.when : sequence < other.sequence;
    }
  };

  void place(std::size_t i, const slot& s) noexcept;
  void sift_up(std::size_t i, slot s) noexcept;
  void sift_down(std::size_t i, slot s) noexcept;
  void remove(std::size_t i) noexcept;

  std::vector<slot> slots_;
  std::uint64_t sequence_ = 0;
};

}  // namespace ensue
