#include <ensue/reliability/breaker_window.hpp>

#include <algorithm>

namespace ensue {

breaker_window::breaker_window(duration window) noexcept
    : slot_{std::max<std::int64_t>(1, window.count() / slots)} {}

void breaker_window::turn(time_point now) noexcept {
  const std::int64_t slot = now.time_since_epoch().count() / slot_;
  if (slot <= newest_) return;
  if (slot - newest_ >= slots) {
    clear();
  } else {
    while (newest_ < slot) all_[static_cast<std::size_t>(++newest_ % slots)] = {};
  }
  newest_ = slot;
}

void breaker_window::add(time_point now, bool failed) noexcept {
  turn(now);
  sums& slot = all_[static_cast<std::size_t>(newest_ % slots)];
  ++slot.calls;
  slot.failed += failed ? 1 : 0;
}

void breaker_window::clear() noexcept { all_.fill({}); }

breaker_window::sums breaker_window::count(time_point now) noexcept {
  turn(now);
  sums all;
  for (const sums& s : all_) all.calls += s.calls, all.failed += s.failed;
  return all;
}

}  // namespace ensue
