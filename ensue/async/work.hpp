#pragma once

#include <ensue/base/assert.hpp>

#include <cstddef>
#include <cstdint>

namespace ensue {

class work_list;

/// A unit of work that a loop runs once each time it is scheduled: an intrusive node, owned by
/// whoever schedules it, most often a coroutine frame. It stands in at most one list and leaves it
/// by itself when destroyed, so a frame may die while it waits. Loop thread only.
class work {
 public:
  using run_function = void (*)(work&);

  /// `strand` 0: no order is promised against any other work. Equal strands run in FIFO order,
  /// also in the simulator.
  explicit work(run_function run, std::uint32_t strand = 0) noexcept : run_{run}, strand_{strand} {}
  work(const work&) = delete;
  work& operator=(const work&) = delete;
  ~work() { unlink(); }

  void run() { run_(*this); }
  bool linked() const noexcept { return list_ != nullptr; }
  std::uint32_t strand() const noexcept { return strand_; }
  work* next() const noexcept { return next_; }
  inline void unlink() noexcept;

 private:
  friend class work_list;
  run_function run_;
  work* prev_ = nullptr;
  work* next_ = nullptr;
  work_list* list_ = nullptr;
  std::uint32_t strand_;
};

/// FIFO of work nodes; owns none of them. All operations O(1).
class work_list {
 public:
  work_list() = default;
  work_list(const work_list&) = delete;
  work_list& operator=(const work_list&) = delete;
  ~work_list() {
    while (head_) erase(*head_);
  }

  bool empty() const noexcept { return head_ == nullptr; }
  std::size_t size() const noexcept { return size_; }
  work* front() const noexcept { return head_; }

  void push_back(work& w) noexcept {
    ENSUE_ASSERT(!w.list_, "work is already waiting somewhere");
    w.list_ = this;
    w.prev_ = tail_;
    w.next_ = nullptr;
    (tail_ ? tail_->next_ : head_) = &w;
    tail_ = &w;
    ++size_;
  }

  work& pop_front() noexcept {
    work& w = *head_;
    erase(w);
    return w;
  }

  void erase(work& w) noexcept {
    (w.prev_ ? w.prev_->next_ : head_) = w.next_;
    (w.next_ ? w.next_->prev_ : tail_) = w.prev_;
    w.prev_ = w.next_ = nullptr;
    w.list_ = nullptr;
    --size_;
  }

 private:
  work* head_ = nullptr;
  work* tail_ = nullptr;
  std::size_t size_ = 0;
};

inline void work::unlink() noexcept {
  if (list_) list_->erase(*this);
}

}  // namespace ensue
