#pragma once

#include <ensue/async/deadline.hpp>

namespace ensue {

/// Runs `work` to its end although the caller is cancelled meanwhile, but for at most `limit`.
///
/// Deadline: after `limit`, `work` is cancelled, has finished its cleanup, and errc::timed_out is
/// thrown. It always has one: a shutdown waits for it.
/// Threads: loop thread; `work` starts at once.
/// Cancellation: does not reach `work`. The result comes out first; the caller's next await throws.
/// Errors: those of `work`; errc::timed_out.
/// Cost: as `with_timeout`.
///
/// In a coroutine that is cancelled already every await throws, this one too; prefer
/// `with_cleanup`, or bracket it: `co_await this_coro::throw_if_cancelled(false)` before and
/// `(true)` after.
template <class T>
task<T> shield(runtime& rt, duration limit, task<T> work) {
  timeout t{rt, limit};
  if (!t.begin()) t.throw_timed_out(nullptr);
  owned_job<T> j{rt, "shielded work", std::move(work)};
  j->start();
  if (!j->finished()) co_await t.guard(*j, timeout::owner_cancel::ignored);
  t.end(*j);
  co_return j->take();
}

/// Runs `work`, then `cleanup` however `work` ended: `finally` for coroutines. `cleanup` is
/// shielded for at most `limit`.
///
/// Cancellation: reaches `work`; `cleanup` still runs, then it comes out.
/// Errors: that of `work`; that of `cleanup` when `work` ended well or cancelled; an error_group of
/// both when both failed.
template <class T>
task<T> with_cleanup(runtime& rt, duration limit, task<T> work, task<> cleanup) {
  owned_job<T> main{rt, "work", std::move(work)};
  main->start();
  if (!main->finished()) {
    co_await wait_firmly(
        main->waiters(), rt, "work with a cleanup",
        [](void* j) noexcept { static_cast<job*>(j)->cancel(); }, static_cast<job*>(&*main));
  }
  std::exception_ptr failure;
  const bool throws = co_await this_coro::throw_if_cancelled();
  co_await this_coro::throw_if_cancelled(false);
  try {
    co_await shield(rt, limit, std::move(cleanup));
  } catch (...) {
    failure = std::current_exception();
  }
  co_await this_coro::throw_if_cancelled(throws);
  if (failure && main->error() && !is_cancellation(main->error()))
    throw error_group{"work and cleanup", {main->error(), failure}};
  if (failure) std::rethrow_exception(failure);
  co_return main->take();
}

}  // namespace ensue
