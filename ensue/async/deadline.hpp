#pragma once

#include <ensue/async/child.hpp>
#include <ensue/async/job.hpp>

#include <memory>

namespace ensue {

/// A point in time that limits many awaits together: a budget. A value; never gets later.
class deadline {
 public:
  deadline() = default;  ///< none: `never`
  explicit deadline(time_point at) noexcept : at_{at} {}
  deadline(const runtime& rt, duration d) noexcept : at_{saturating_add(rt.now(), d)} {}

  time_point at() const noexcept { return at_; }
  bool passed(const runtime& rt) const noexcept { return rt.now() >= at_; }
  /// Zero when passed, duration::max() when there is none.
  duration remaining(const runtime& rt) const noexcept;
  /// For a part of the work: `d` from now, never later than this one.
  deadline within(const runtime& rt, duration d) const noexcept;

 private:
  time_point at_ = never;
};

/// A time-out that can be looked at and moved while it is in force: for `within`. Used once.
class timeout : private timer_entry {
 public:
  timeout(runtime& rt, time_point when) noexcept;
  timeout(runtime& rt, duration d) noexcept : timeout{rt, saturating_add(rt.now(), d)} {}

  time_point when() const noexcept { return when_; }
  /// The deadline passed before the work ended.
  bool expired() const noexcept { return expired_; }
  /// errc::closed once it has expired or the work has ended: nothing was done.
  result<> move_to(time_point when);

  // For `within` and its like: they take these steps in this order.
  runtime& owner() const noexcept { return rt_; }
  enum class owner_cancel : bool { ignored, passed_on };
  bool begin();  ///< throws errc::exists when used before; false when it is already too late
  /// Waits for the end of `j`.
  ///
  /// Cancellation: passed on to `j` by `mode`; the end of `j` is waited for all the same.
  /// Errors:       none of its own; see `end`.
  task<> guard(job& j, owner_cancel mode = owner_cancel::passed_on);
  void end(const job& j);  ///< throws the time-out or the cancellation, if that is what happened
  [[noreturn]] void throw_timed_out(const std::exception_ptr& cause) const;

 private:
  enum class state : std::uint8_t { fresh, running, ended };
  static void ring(work& w);
  static void owner_cancelled(void* self) noexcept;

  runtime& rt_;
  time_point when_;
  job* job_ = nullptr;
  state state_ = state::fresh;
  bool expired_ = false;
  bool owner_cancelled_ = false;
};

/// Runs `work` in the time that `t` allows.
///
/// Deadline: when it passes, `work` is cancelled, and has finished its cleanup before
/// errc::timed_out is thrown (nested in it: how `work` ended). If it has passed already, `work`
/// never starts. If `work` answers the cancellation with a result, that comes out.
/// Threads: loop thread; `work` starts at once, inside the call.
/// Cancellation: passed on to `work`; what comes of it comes out.
/// Errors: those of `work` unchanged, also when its cleanup fails after the deadline
/// (`t.expired()` tells then). errc::timed_out: may retry. errc::exists: `t` was used before.
/// Cost: a timer entry in the frame and a job (two recycled allocations).
template <class T>
task<T> within(timeout& t, task<T> work) {
  if (!t.begin()) t.throw_timed_out(nullptr);
  owned_job<T> j{t.owner(), "timed work", std::move(work)};
  j->start();
  if (!j->finished()) co_await t.guard(*j);
  t.end(*j);
  co_return j->take();
}

/// Runs `work` until `when`. Cancellation: and Errors: as `within`.
template <class T>
task<T> with_deadline(runtime& rt, time_point when, task<T> work) {
  timeout t{rt, when};
  if (!t.begin()) t.throw_timed_out(nullptr);
  owned_job<T> j{rt, "timed work", std::move(work)};
  j->start();
  if (!j->finished()) co_await t.guard(*j);
  t.end(*j);
  co_return j->take();
}

/// Runs `work` for at most `d`. Cancellation: and Errors: as `within`.
template <class T>
task<T> with_timeout(runtime& rt, duration d, task<T> work) {
  return with_deadline(rt, saturating_add(rt.now(), d), std::move(work));
}

/// Runs `work` in what is left of `budget`. Cancellation: and Errors: as `within`.
template <class T>
task<T> with_deadline(runtime& rt, const deadline& budget, task<T> work) {
  return with_deadline(rt, budget.at(), std::move(work));
}

/// As above, for what converts to a task<>. Cancellation: and Errors: as `within`.
inline task<> with_deadline(runtime& rt, time_point when, task<> work) {
  return with_deadline<void>(rt, when, std::move(work));
}
/// Likewise. Cancellation: and Errors: as `within`.
inline task<> with_timeout(runtime& rt, duration d, task<> work) {
  return with_timeout<void>(rt, d, std::move(work));
}
/// Likewise. Cancellation: and Errors: as `within`.
inline task<> with_deadline(runtime& rt, const deadline& budget, task<> work) {
  return with_deadline<void>(rt, budget, std::move(work));
}

/// Waits for `c` and, when `t` passes or the caller is cancelled, cancels it and waits for its end.
/// A child that has ended already gives its result whatever the time. Cancellation: and Errors: as
/// above.
template <class T>
task<T> within(timeout& t, child<T> c) {
  const bool in_time = t.begin();
  if (!in_time) c.cancel();
  if (!c.finished()) co_await t.guard(*c);
  t.end(*c);
  co_return c.get();
}

}  // namespace ensue
