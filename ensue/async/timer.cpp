#include <ensue/async/timer.hpp>

namespace ensue {

task<std::uint64_t> ticker::next() {
  const time_point now = rt_.now();
  if (options_.fixed_delay) {
    co_await sleep_until(rt_, saturating_add(now, options_.period), "ticker");
    co_return 1;
  }
  std::uint64_t ticks = 1;
  if (now > due_ && options_.missed != catch_up::all)
    ticks += static_cast<std::uint64_t>((now - due_) / options_.period);
  time_point at = saturating_add(due_, options_.period * static_cast<std::int64_t>(ticks - 1));
  if (now > due_ && options_.missed == catch_up::skip && at < now) {
    at = saturating_add(at, options_.period);
    ++ticks;
  }
  co_await sleep_until(rt_, at, "ticker");
  due_ = saturating_add(at, options_.period);
  co_return ticks;
}

}  // namespace ensue
