#include <ensue/async/timer_heap.hpp>

#include <algorithm>

namespace ensue {

timer_entry::~timer_entry() {
  if (heap_) heap_->disarm(*this);
}

timer_heap::~timer_heap() {
  for (slot& s : slots_) s.entry->heap_ = nullptr;
}

void timer_heap::arm(timer_entry& t, time_point when) {
  ENSUE_ASSERT(!t.heap_ && !t.linked(), "timer is already armed or about to run");
  slots_.push_back({});
  t.heap_ = this;
  t.when_ = when;
  t.sequence_ = ++sequence_;
  sift_up(slots_.size() - 1, {when, t.sequence_, &t});
}

void timer_heap::disarm(timer_entry& t) noexcept {
  if (t.heap_ == this) remove(t.index_);
}

timer_entry* timer_heap::pop_due(time_point now) noexcept {
  if (slots_.empty() || slots_.front().when > now) return nullptr;
  timer_entry* t = slots_.front().entry;
  remove(0);
  return t;
}

void timer_heap::place(std::size_t i, const slot& s) noexcept {
  slots_[i] = s;
  s.entry->index_ = i;
}

void timer_heap::sift_up(std::size_t i, slot s) noexcept {
  while (i > 0) {
    const std::size_t parent = (i - 1) / 4;
    if (!s.before(slots_[parent])) break;
    place(i, slots_[parent]);
    i = parent;
  }
  place(i, s);
}

void timer_heap::sift_down(std::size_t i, slot s) noexcept {
  for (;;) {
    const std::size_t first = 4 * i + 1;
    if (first >= slots_.size()) break;
    const std::size_t last = std::min(first + 4, slots_.size());
    std::size_t least = first;
    for (std::size_t c = first + 1; c < last; ++c)
      if (slots_[c].before(slots_[least])) least = c;
    if (!slots_[least].before(s)) break;
    place(i, slots_[least]);
    i = least;
  }
  place(i, s);
}

void timer_heap::remove(std::size_t i) noexcept {
  slots_[i].entry->heap_ = nullptr;
  const slot moved = slots_.back();
  slots_.pop_back();
  if (i == slots_.size()) return;
  if (i > 0 && moved.before(slots_[(i - 1) / 4])) {
    sift_up(i, moved);
  } else {
    sift_down(i, moved);
  }
}

}  // namespace ensue
