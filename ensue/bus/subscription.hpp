#pragma once

#include <ensue/bus/event_ref.hpp>
#include <ensue/bus/options.hpp>
#include <ensue/bus/subscription_state.hpp>

#include <memory>
#include <utility>

namespace ensue {

/// The right to receive: ends when destroyed. Movable, not copyable. A handler that runs at that
/// moment finishes; none begins afterwards; what was queued is dropped as `unsubscribed`.
/// Loop thread only; may outlive its bus.
class [[nodiscard]] subscription {
 public:
  subscription() = default;
  explicit subscription(subscription_state& s) noexcept : state_{&s} { s.set_holder(this); }
  subscription(subscription&& other) noexcept { take(other); }
  subscription& operator=(subscription&& other) noexcept {
    if (this != &other) {
      end();
      take(other);
    }
    return *this;
  }
  ~subscription() { end(); }

  void end() noexcept;
  /// Leaves the subscription to the bus: it ends with it.
  void leave_to_bus() noexcept;
  /// Coroutine handlers at work at once, from now on. Those at work go on, also when they are more;
  /// 0: none begins, and events wait in the queue. Plain and batch handlers do not look at it.
  void set_concurrency(unsigned most);
  /// False after `end`, when the bus closed, or when `once` or its owner ended it.
  bool active() const noexcept { return state_ != nullptr; }
  /// Its account so far; all zero when it is not active.
  ledger counts() const noexcept;

 private:
  friend class subscription_state;
  void take(subscription& other) noexcept {
    state_ = std::exchange(other.state_, nullptr);
    if (state_) state_->set_holder(this);
  }
  subscription_state* state_ = nullptr;  // cleared by the state when it ends
};

namespace detail {

/// Null when nothing in it differs from the defaults: most subscriptions then carry a pointer.
std::shared_ptr<const policy> kept(policy&& p);

template <class E>
std::shared_ptr<const policy> policy_of(subscribe_options<E>& o) {
  policy p{.expire = o.expire,
           .dedupe = o.dedupe,
           .dedupe_in = o.dedupe_in,
           .rate = o.rate,
           .rate_each = o.rate_each,
           .breaker = std::move(o.breaker),
           .retry = std::move(o.retry),
           .retry_budget = o.retry_budget,
           .timeout = o.timeout,
           .dead_letter = o.dead_letter,
           .on_failure = std::move(o.on_failure)};
  if (o.rate_key)
    p.rate_key = [key = std::move(o.rate_key)](const void* e, const event_type_info& type) {
      if constexpr (std::same_as<E, event_ref>) {
        return key(event_ref{type, e});
      } else {
        (void)type;
        return key(*static_cast<const E*>(e));
      }
    };
  return kept(std::move(p));
}

template <class E>
subscription_settings erase(subscribe_options<E>&& o) {
  return {.name = std::move(o.name),
          .priority = o.priority,
          .capacity = o.capacity,
          .on_full = o.on_full,
          .wait_max = o.wait_max,
          .concurrency = o.concurrency,
          .on_error = std::move(o.on_error),
          .owner = std::move(o.owner),
          .bound_to_owner = o.bound_to_owner,
          .once = o.once,
          .component = std::move(o.component),
          .exempt = o.exempt,
          .policy = policy_of(o)};
}

}  // namespace detail
}  // namespace ensue
