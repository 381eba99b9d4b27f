#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/reliability/breaker_policy.hpp>
#include <ensue/reliability/breaker_window.hpp>

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace ensue {

enum class breaker_state : std::uint8_t { closed, open, half_open };
const char* text(breaker_state s) noexcept;

struct breaker_change {
  breaker_state from, to;
  std::string reason;  ///< "5 failures in a row", for people
  time_point at;
};

struct breaker_counts {
  std::uint64_t succeeded = 0, failed = 0;
  std::uint64_t undecided = 0;  ///< cancelled, or failed permanently: counted neither way
  std::uint64_t late = 0;       ///< decided after the breaker had changed: not looked at
  std::uint64_t refused = 0;
  std::uint64_t opened = 0;
};

/// Holds calls off from something that fails, and lets a probe through after a while.
///
///     closed: all pass; enough failures open it
///     open: none passes, for `open_for`
///     half open: `half_open_max` probes at a time; `successes` of them close it, a failure opens
///
/// A call that began before the last change decides nothing, but a probe keeps its place until it
/// ends: there are never more at work than `half_open_max`. So give what it guards a time-out.
///
/// Lifetime: must outlive its permits and waiters.
/// Threads:  loop thread.
/// Order:    who waits in `acquire` is served in turn.
/// Cost:     a few ns while closed; a timer while open. Bounded memory in either mode.
class breaker {
 public:
  /// Leave to make one call, to be told how it went. Move-only. Destroyed undecided (the call was
  /// cancelled) it counts nothing and gives its probe back.
  class [[nodiscard]] permit {
   public:
    permit() = default;
    permit(permit&& other) noexcept
        : from_{std::exchange(other.from_, nullptr)},
          generation_{other.generation_},
          probe_{other.probe_} {}
    permit& operator=(permit&& other) noexcept {
      std::swap(from_, other.from_);
      std::swap(generation_, other.generation_);
      std::swap(probe_, other.probe_);
      return *this;
    }
    ~permit() { settle(outcome::undecided); }

    explicit operator bool() const noexcept { return from_ != nullptr; }
    bool probe() const noexcept { return probe_; }
    void succeeded();
    void failed() { settle(outcome::failed); }
    /// Failed when `error` is transient by the policy; undecided otherwise.
    void failed(const std::exception_ptr& error);

   private:
    friend class breaker;
    enum class outcome : std::uint8_t { succeeded, failed, undecided };
    permit(breaker& from, std::uint64_t generation, bool probe) noexcept
        : from_{&from}, generation_{generation}, probe_{probe} {}
    void settle(outcome how) {
      if (breaker* from = std::exchange(from_, nullptr)) from->settle(*this, how);
    }
    breaker* from_ = nullptr;
    std::uint64_t generation_ = 0;
    bool probe_ = false;
  };

  /// Asserts that the policy is not `wrong`. `name` must outlive it.
  explicit breaker(runtime& rt, breaker_policy policy = {}, const char* name = "breaker");
  breaker(const breaker&) = delete;
  breaker& operator=(const breaker&) = delete;
  ~breaker();

  /// errc::unavailable: it is open, or its probes are out. Nothing was done; may retry.
  [[nodiscard]] result<permit> try_acquire();
  /// As it was at the last call: `state` looks at the time too.
  bool closed() const noexcept { return state_ == breaker_state::closed; }
  /// As above while it is closed, for a few instructions; else an empty permit, and nobody is
  /// refused: ask `try_acquire` then.
  permit pass_closed() noexcept {
    return state_ == breaker_state::closed ? permit{*this, generation_, false} : permit{};
  }
  /// So many calls succeeded that needed no permit: it was closed all the time. Not in rate mode.
  void succeeded(std::uint64_t calls) noexcept {
    counts_.succeeded += calls;
    if (calls) failures_in_row_ = 0;
  }
  /// Waits until the breaker lets the caller through.
  ///
  /// Limits:       `waiting_max` may wait.
  /// Cancellation: ends the wait by throwing; a permit that was handed over in the same step goes
  ///               to the caller, and back undecided when it goes.
  /// Errors:       errc::full thrown: too many wait; may retry.
  task<permit> acquire();
  /// Makes the call that `op()` is, if the breaker lets it through.
  ///
  /// Shape:        the result of the task that `op()` makes.
  /// Lifetime:     keeps `op`.
  /// Cancellation: passed on to the task; a call that ends cancelled counts nothing.
  /// Errors:       errc::unavailable thrown: `op` was not called; may retry. Those of the task.
  template <class Op>
  std::invoke_result_t<Op&> call(Op op);

  /// When it is worth asking again: now if a call would get through; when an open breaker lets
  /// probes through; `never` while all probes are out (`acquire` is woken then).
  time_point retry_at();
  breaker_state state();
  /// As `state`, but does not look at the clock: open until somebody asks after its time.
  breaker_state last_state() const noexcept { return state_; }
  /// Called inside the call, or on the timer, that made the change. Must not throw, nor destroy
  /// the breaker.
  void on_change(std::function<void(const breaker_change&)> f) { on_change_ = std::move(f); }

  const char* name() const noexcept { return name_; }
  const breaker_policy& policy() const noexcept { return policy_; }
  const breaker_counts& counts() const noexcept { return counts_; }
  unsigned probes() const noexcept { return probes_; }
  std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  struct waiting_call;
  struct alarm : timer_entry {
    explicit alarm(breaker& b) noexcept : timer_entry{&alarm::ring}, of{b} {}
    static void ring(work& w) { static_cast<alarm&>(w).of.end_open(); }
    breaker& of;
  };

  void settle(const permit& p, permit::outcome how);
  void settle_closed(permit::outcome how);
  void settle_probe(permit::outcome how);
  bool lets_through() const noexcept;
  permit grant() noexcept;
  void serve();
  void end_open();
  void open(std::string reason);
  void change(breaker_state to, std::string reason);

  runtime& rt_;
  breaker_policy policy_;
  const char* name_;
  breaker_state state_ = breaker_state::closed;
  std::uint64_t generation_ = 0;
  breaker_window window_;
  unsigned failures_in_row_ = 0;
  unsigned probes_ = 0;           // at work, of any generation
  unsigned probe_successes_ = 0;  // since it is half open
  duration open_for_;             // the next time
  time_point open_until_{};
  alarm alarm_;
  work_list waiting_;
  breaker_counts counts_;
  std::function<void(const breaker_change&)> on_change_;
};

// The way of almost all calls. Nobody waits for a closed breaker, so nobody is served.
inline void breaker::permit::succeeded() {
  if (!from_ || probe_ || generation_ != from_->generation_ ||
      from_->policy_.mode != breaker_mode::consecutive) [[unlikely]]
    return settle(outcome::succeeded);
  breaker* from = std::exchange(from_, nullptr);
  ++from->counts_.succeeded;
  from->failures_in_row_ = 0;
}

namespace detail {

breaker::permit pass(breaker& b);  // throws errc::unavailable

template <class Op>
std::invoke_result_t<Op&> call_through(breaker& b, Op op) {
  breaker::permit p = pass(b);
  try {
    if constexpr (std::is_void_v<typename std::invoke_result_t<Op&>::value_type>) {
      co_await op();
      p.succeeded();
    } else {
      auto value = co_await op();
      p.succeeded();
      co_return value;
    }
  } catch (...) {
    p.failed(std::current_exception());
    throw;
  }
}

}  // namespace detail

template <class Op>
std::invoke_result_t<Op&> breaker::call(Op op) {
  return detail::call_through(*this, std::move(op));
}

}  // namespace ensue
