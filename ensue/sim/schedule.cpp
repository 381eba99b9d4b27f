#include <ensue/sim/schedule.hpp>

#include <algorithm>
#include <functional>

namespace ensue::sim {

schedule::schedule(const options& o)
    : order_{o.order},
      stall_permille_{o.stall_max > duration::zero() ? o.stall_permille : 0},
      stall_max_{o.stall_max},
      draw_{o.seed, "sched"} {}

void schedule::push(work& w, std::uint32_t owner) {
  lane& l = lane_for(w, owner);
  l.works.push_back(w);
  if (l.at == state::idle) make_ready(l);
}

void schedule::push_later(work& w, std::uint32_t owner, time_point when) {
  lane& l = lane_for(w, owner);
  l.works.push_back(w);
  if (l.at == state::idle) hold(l, when);
}

schedule::lane& schedule::lane_for(const work& w, std::uint32_t owner) {
  if (w.strand() == 0 || order_ != order::strand) return fresh_lane(owner);
  lane*& known = strands_[std::uint64_t{owner} << 32 | w.strand()];
  if (!known) {
    known = &fresh_lane(owner);
    known->one_shot = false;
  }
  return *known;
}

schedule::lane& schedule::fresh_lane(std::uint32_t owner) {
  if (free_.empty()) {
    lane& l = lanes_.emplace_back();
    l.id = static_cast<std::uint32_t>(lanes_.size());
    free_.push_back(&l);
  }
  lane& l = *free_.back();
  free_.pop_back();
  l.owner = owner;
  return l;
}

void schedule::make_ready(lane& l) {
  l.at = state::ready;
  ready_.push_back(&l);
}

void schedule::hold(lane& l, time_point until) {
  l.at = state::stalled;
  stalls_.push_back({until, ++stall_sequence_, &l});
  std::push_heap(stalls_.begin(), stalls_.end(), std::greater<>{});
}

void schedule::end_stalls(time_point now) {
  while (!stalls_.empty() && stalls_.front().when <= now) {
    std::pop_heap(stalls_.begin(), stalls_.end(), std::greater<>{});
    make_ready(*stalls_.back().held);
    stalls_.pop_back();
  }
}

void schedule::pause(std::uint32_t owner, time_point until) {
  if (paused_.size() <= owner) paused_.resize(owner + 1);
  const bool sooner = until < paused_[owner];
  paused_[owner] = until;
  if (!sooner) return;
  for (stall& s : stalls_)
    if (s.held->owner == owner) s.when = std::min(s.when, until);
  std::make_heap(stalls_.begin(), stalls_.end(), std::greater<>{});
}

time_point schedule::paused_until(std::uint32_t owner) const noexcept {
  return owner < paused_.size() ? paused_[owner] : time_point{};
}

std::size_t schedule::pick() {
  if (order_ == order::fifo || ready_lanes() == 1) return head_;
  return static_cast<std::size_t>(draw_.below(ready_.size()));
}

void schedule::remove_ready(std::size_t i) {
  if (order_ == order::fifo) {
    if (++head_ < 1024 && head_ < ready_.size()) return;
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
    return;
  }
  ready_[i] = ready_.back();
  ready_.pop_back();
}

void schedule::retire(lane& l) {
  l.at = state::idle;
  if (l.one_shot) free_.push_back(&l);
}

schedule::taken schedule::take(time_point now) {
  while (!empty()) {
    const std::size_t i = pick();
    lane& l = *ready_[i];
    if (l.works.empty()) {  // its work was destroyed meanwhile
      remove_ready(i);
      retire(l);
      continue;
    }
    if (const time_point until = paused_until(l.owner); until > now) [[unlikely]] {
      remove_ready(i);
      hold(l, until);
      continue;
    }
    if (stall_permille_ > 0 && draw_.chance(stall_permille_)) {
      remove_ready(i);
      const auto most = static_cast<std::uint64_t>(stall_max_.count());
      hold(l, now + duration{static_cast<std::int64_t>(1 + draw_.below(most))});
      continue;
    }
    const taken t{&l.works.pop_front(), l.owner, l.id};
    if (l.works.empty()) {
      remove_ready(i);
      retire(l);
    }
    return t;
  }
  return {};
}

void schedule::drop(std::uint32_t owner) noexcept {
  for (lane& l : lanes_) {
    if (l.owner != owner) continue;
    while (!l.works.empty()) l.works.pop_front();
  }
}

}  // namespace ensue::sim
