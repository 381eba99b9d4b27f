#pragma once

#include <ensue/async/semaphore.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace ensue {

/// How many calls may be under way to one thing at once, and how many may wait for that.
struct bulkhead_policy {
  std::size_t concurrency = 16;
  std::size_t waiting_max = 1024;  ///< more are refused; 0: nobody waits
  bool limited = true;             ///< false: there is no bulkhead

  static bulkhead_policy none() { return {.limited = false}; }
  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

/// Bounded concurrency with a bounded, fair line of those who wait.
///
/// Lifetime: must outlive its permits and waiters.
/// Threads:  loop thread.
/// Order:    first come, first served; nobody overtakes.
class bulkhead {
 public:
  /// Asserts that the policy is not `wrong`. `name` must outlive it.
  explicit bulkhead(runtime& rt, bulkhead_policy policy = {}, const char* name = "bulkhead");

  /// errc::full: no place is free. Nothing was done; may retry.
  [[nodiscard]] result<permit> try_acquire() noexcept;
  /// Waits for a place.
  ///
  /// Cancellation: ends the wait by throwing; a place that was handed over in the same step goes to
  ///               the caller, and back when its permit goes.
  /// Errors:       errc::full thrown: `waiting_max` wait already; may retry.
  task<permit> acquire();
  /// Runs the task that `op()` makes while it holds a place; `op` is called with the place.
  ///
  /// Shape:        the result of that task.
  /// Lifetime:     keeps `op`.
  /// Cancellation: as `acquire`, then passed on to the task; the place goes back when it has ended.
  /// Errors:       as `acquire`, and those of the task.
  template <class Op>
  std::invoke_result_t<Op&> call(Op op);

  const bulkhead_policy& policy() const noexcept { return policy_; }
  std::size_t at_work() const noexcept;
  std::size_t waiting() const noexcept { return places_.waiting(); }
  std::uint64_t refused() const noexcept { return refused_; }

 private:
  bulkhead_policy policy_;
  const char* name_;
  semaphore places_;
  std::uint64_t refused_ = 0;
};

namespace detail {
template <class Op>
std::invoke_result_t<Op&> call_inside(bulkhead& b, Op op) {
  const permit place = co_await b.acquire();
  co_return co_await op();
}
}  // namespace detail

template <class Op>
std::invoke_result_t<Op&> bulkhead::call(Op op) {
  return detail::call_inside(*this, std::move(op));
}

}  // namespace ensue
