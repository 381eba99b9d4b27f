#pragma once

#include <ensue/async/job.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace ensue {
namespace detail {

// Owned by the pool while it runs, back on the loop in `done`. The coroutine that waits for it is
// told through `waiter`, unless it was destroyed meanwhile and took itself out.
template <class F, class T>
class offloaded final : public offload_job {
 public:
  offloaded(runtime& rt, F f) : rt_{rt}, function_{std::move(f)} {}
  ~offloaded() override {
    if (ended_) ended_->job = nullptr;
  }
  void run() noexcept override {
    try {
      if constexpr (std::is_void_v<T>) {
        (*function_)();
        value_.emplace();
      } else {
        value_.emplace((*function_)());
      }
    } catch (...) {
      error_ = std::current_exception();
    }
    function_.reset();
  }
  void done() noexcept override {
    if (ended_) {
      ended_->value = std::move(value_);
      ended_->error = error_;
      ended_->done = true;
      ended_->job = nullptr;
      wake_all(ended_->waiters);
    }
    wake_one(rt_.waiting_to_offload());
  }

  struct result_place {
    ~result_place() {
      if (job) job->ended_ = nullptr;
    }
    offloaded* job = nullptr;
    bool done = false;
    std::optional<value_or_nothing<T>> value{};
    std::exception_ptr error{};
    work_list waiters{};
  };
  void report_to(result_place& p) noexcept {
    ended_ = &p;
    p.job = this;
  }

 private:
  runtime& rt_;
  std::optional<F> function_;
  result_place* ended_ = nullptr;
  std::optional<value_or_nothing<T>> value_;
  std::exception_ptr error_;
};

}  // namespace detail

/// Runs `f()` on a thread of the offload pool and returns its result: for what blocks or computes.
///
/// Limits: the pool's queue; when it is full, waits for its turn.
/// Lifetime: `f` may refer to the caller's frame: the call does not end before `f` has.
/// Threads: `f` on a pool thread, everything else on the loop.
/// Order: none between offloaded functions.
/// Cancellation: while it waits for the pool: at once, `f` never runs. Afterwards `f` cannot be
/// interrupted: its end is waited for, its result returned, and the next await throws.
/// Errors: what `f` threw.
/// Cost: one allocation and two thread hand-overs, some 10 µs.
template <std::invocable F>
task<std::invoke_result_t<F&>> offload(runtime& rt, F f) {
  using T = std::invoke_result_t<F&>;
  using offloaded = detail::offloaded<F, T>;
  auto mine = std::make_unique<offloaded>(rt, std::move(f));
  typename offloaded::result_place place;
  mine->report_to(place);
  std::unique_ptr<offload_job> job = std::move(mine);
  // One in line is woken for each job that ends; who comes later queues behind.
  if (!rt.waiting_to_offload().empty())
    co_await wait_or_throw(rt.waiting_to_offload(), rt, "offload: its turn");
  while (!rt.offload(job)) co_await wait_or_throw(rt.waiting_to_offload(), rt, "offload: room");
  if (!place.done) co_await wait_firmly(place.waiters, rt, "offload: the result");
  if (place.error) std::rethrow_exception(place.error);
  if constexpr (!std::is_void_v<T>) co_return std::move(*place.value);
}

}  // namespace ensue
