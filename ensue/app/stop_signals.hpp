#pragma once

#include <ensue/async/runtime.hpp>

#include <functional>
#include <memory>

namespace ensue {

/// SIGINT and SIGTERM as calls on the loop, and a last resort under them: whatever holds the loop,
/// the process ends within the given time of a signal.
///
/// The first signal starts a kernel timer of `bound`, the second one shortens it to
/// `forced_bound`, the third ends the process at once. When the timer runs out the process ends
/// with `code` after a line on standard error that names what held the loop. All of that happens
/// in the signal handlers: no turn of the loop, no lock, no memory is needed.
///
/// The handlers are installed explicitly (process 1 has no default ones) and taken away again by
/// the destructor. One object per process. Real runtime only; Linux.
class stop_signals {
 public:
  struct options {
    duration bound{};
    duration forced_bound{};
    int code = 1;
  };
  /// `on_signal(number, count)` is called on the loop; counts begin with 1.
  stop_signals(runtime& rt, const options& o, std::function<void(int, unsigned)> on_signal);
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals();

  /// For a stop that comes without a signal: the timer starts now, or gets shorter.
  void end_within(duration bound) noexcept;
  /// Lets the timer go on when this object is gone: the process must have ended by then.
  void leave_armed(duration bound) noexcept;
  /// For when the bounds change.
  void set_bounds(duration bound, duration forced_bound) noexcept;

 private:
  struct state;
  static void await(const std::shared_ptr<state>& s);
  std::shared_ptr<state> state_;
};

}  // namespace ensue
