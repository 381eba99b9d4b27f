#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/reliability/token_bucket.hpp>

namespace ensue {

/// No more than so many in a time; who comes too early waits for his turn.
///
/// Limits:  at most `waiting_max` wait.
/// Lifetime: must outlive its waiters.
/// Threads: loop thread.
/// Order:   first come, first served: `try_take` gets nothing while somebody waits.
/// Cost:    one timer, for the first in line.
class rate_limit {
 public:
  /// Asserts that the policy is not `wrong`. `name` must outlive it.
  explicit rate_limit(runtime& rt, rate_policy policy, const char* name = "rate limit");
  rate_limit(const rate_limit&) = delete;
  rate_limit& operator=(const rate_limit&) = delete;
  ~rate_limit();

  /// False: not now. Nothing was taken.
  [[nodiscard]] bool try_take() noexcept;
  /// Waits for a turn, and takes it.
  ///
  /// Cancellation: ends the wait by throwing; nothing is taken, also when the turn came in the same
  ///               step: the next in line has it.
  /// Errors:       errc::full thrown: `waiting_max` wait already; may retry.
  task<> take();
  /// When the next turn is to be had; who waits first has it.
  time_point next() noexcept;

  const rate_policy& policy() const noexcept { return bucket_.policy(); }
  std::size_t waiting() const noexcept { return waiting_.size(); }
  /// Turns that were had.
  std::uint64_t taken() const noexcept { return taken_; }

 private:
  struct alarm : timer_entry {
    explicit alarm(rate_limit& l) noexcept : timer_entry{&alarm::ring}, limit{l} {}
    static void ring(work& w) { static_cast<alarm&>(w).limit.serve(); }
    rate_limit& limit;
  };
  void serve() noexcept;
  void arm() noexcept;

  runtime& rt_;
  const char* name_;
  token_bucket bucket_;
  alarm alarm_;
  work_list waiting_;
  std::uint64_t taken_ = 0;
};

}  // namespace ensue
