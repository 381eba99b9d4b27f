#pragma once

#include <ensue/async/deadline.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/reliability/retries_exhausted.hpp>
#include <ensue/reliability/retry_policy.hpp>
#include <ensue/reliability/retry_state.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace ensue {
namespace detail {

template <class Op>
auto attempt(Op& op, unsigned number) {
  if constexpr (std::invocable<Op&, unsigned>) {
    return op(number);
  } else {
    return op();
  }
}
template <class Op>
using attempted = decltype(attempt(std::declval<Op&>(), 1U));

// Null: `out` holds the result.
template <class T>
task<std::exception_ptr> settled(task<T> work, std::optional<value_or_nothing<T>>& out) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(work);
      out.emplace();
    } else {
      out.emplace(co_await std::move(work));
    }
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

template <class T>
task<T> before(runtime& rt, time_point end, task<T> work) {
  return end == never ? std::move(work) : with_deadline(rt, end, std::move(work));
}

/// Throws `error`, or what stands for it when trying was given up.
[[noreturn]] void throw_last(retry_state& state, const std::exception_ptr& error, retry_end why);

}  // namespace detail

/// Calls `op` until it succeeds, its failure is permanent, or the policy says it is enough.
///
///     const retry_policy patient{.attempts = 6, .deadline = 30s};
///     const quote q = co_await retry(rt, patient, [&] { return ask(feed, symbol); });
///
/// Shape:        `op()` or `op(unsigned attempt)` (from 1) makes the task of one attempt; its
///               result comes out.
/// Limits:       `policy.attempts`; with a budget no more retries than that allows.
/// Deadline:     `policy.deadline` from this call over all attempts and waits: an attempt that runs
///               then is cancelled, and none is begun that would have to wait past it.
/// Lifetime:     keeps `op` and the policy; `budget` must outlive it.
/// Threads:      loop thread.
/// Cancellation: passes through at once, also in a wait; nothing is tried after it, whatever the
///               attempt threw in answer. An attempt that ends cancelled by itself is not retried.
/// Errors:       permanent, or a policy of one attempt: what the attempt threw, untouched. Given up
///               on a transient failure: `retries_exhausted` with the code of the last error if it
///               had one, that error nested in it, and each attempt's text and time.
/// Cost:         one frame and one job per attempt with a deadline, one frame without.
///
/// Name the policy and a callable that captures by value before the statement with the co_await
/// (g++ 12).
template <class Op>
detail::attempted<Op> retry(runtime& rt, retry_policy policy, Op op,
                            retry_budget* budget = nullptr) {
  using T = typename detail::attempted<Op>::value_type;
  const time_point end = saturating_add(rt.now(), policy.deadline);
  random_stream random = rt.random("retry");
  retry_state state{policy, rt.now()};
  for (;;) {
    std::optional<value_or_nothing<T>> value;
    task<T> work = detail::before(rt, end, detail::attempt(op, state.attempt()));
    const std::exception_ptr error = co_await detail::settled(std::move(work), value);
    if (!error) {
      if (budget) budget->succeeded();
      if constexpr (std::is_void_v<T>) {
        co_return;
      } else {
        co_return std::move(*value);
      }
    }
    const auto cancellation = co_await this_coro::cancellation_state;
    if (cancellation.cancelled() != boost::asio::cancellation_type::none)
      std::rethrow_exception(error);
    const next_step next = state.after(error, rt, random, budget);
    if (!next.again()) detail::throw_last(state, error, next.end);
    co_await sleep_for(rt, next.wait, "before the next attempt");
    state.begin_attempt(rt.now());
  }
}

}  // namespace ensue
