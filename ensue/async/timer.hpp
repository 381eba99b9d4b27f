#pragma once

#include <ensue/async/sleep.hpp>

#include <cstdint>
#include <functional>
#include <utility>

namespace ensue {

/// Calls a function once, later. Setting it again moves it; destroying it cancels it.
///
/// Threads: loop thread, calls there. `f` must not throw; it may set or destroy this timer.
/// Cost: O(log n) of the armed timers.
class timer : private timer_entry {
 public:
  explicit timer(runtime& rt) noexcept : timer_entry{&timer::ring}, rt_{rt} {}
  ~timer() { cancel(); }

  void call_at(time_point when, std::function<void()> f) {
    cancel();
    function_ = std::move(f);
    rt_.arm(*this, when);
  }
  void call_in(duration d, std::function<void()> f) {
    call_at(saturating_add(rt_.now(), d), std::move(f));
  }
  /// True if it kept a call from happening.
  bool cancel() noexcept {
    rt_.disarm(*this);
    return std::exchange(function_, nullptr) != nullptr;
  }
  bool pending() const noexcept { return function_ != nullptr; }

 private:
  static void ring(work& w) noexcept { std::exchange(static_cast<timer&>(w).function_, nullptr)(); }
  runtime& rt_;
  std::function<void()> function_;
};

/// What a ticker does with ticks that came while its owner was busy.
enum class catch_up : std::uint8_t {
  skip,  ///< none of them: goes on at the next tick of the grid
  once,  ///< one at once for all of them, then back on the grid
  all,   ///< each of them, one after the other without a pause
};

struct ticker_options {
  duration period{};
  bool fixed_delay = false;  ///< a period from `next` to its end, instead of a grid
  catch_up missed = catch_up::once;
};

/// A periodic timer without drift: tick k is at start + k * period, however long the work takes.
///
///     ticker every{rt, {.period = 1s}};
///     for (;;) {
///       co_await every.next();
///       report();
///     }
class ticker {
 public:
  ticker(runtime& rt, ticker_options o) noexcept
      : rt_{rt}, options_{o}, due_{saturating_add(rt.now(), o.period)} {
    ENSUE_ASSERT(o.period > duration::zero(), "a ticker needs a period");
  }

  /// Waits for the next tick; returns how many ticks of the grid it stands for, 1 when none was
  /// missed. Lets other work run in any case.
  /// Cancellation: throws; the tick is not consumed. Errors: none.
  task<std::uint64_t> next();
  /// The time of the next tick (fixed rate).
  time_point due() const noexcept { return due_; }

 private:
  runtime& rt_;
  ticker_options options_;
  time_point due_;
};

}  // namespace ensue
