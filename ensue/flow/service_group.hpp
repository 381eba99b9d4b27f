#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/flow/group_core.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ensue {

/// A service: several instances that handle one kind of event.
template <class E>
struct service_options {
  std::string service{};  ///< its name, in ledgers and as consumer group
  delivery_mode mode = delivery_mode::pool;
  /// Of the subscription: queue, key, policy. `concurrency` and `timeout`: of each instance. The
  /// name is made: that of the service; with broadcast "service/instance".
  subscribe_options<E> each{};
  std::size_t instances_max = 256;
  /// Singleton only: takes part while this lease is held, so that one of several processes does.
  /// Outlives the group; whoever owns it runs it.
  ensue::lease* lease = nullptr;
};

/// One instance's place in a service; leaves when destroyed. May outlive the group.
class [[nodiscard]] service_member {
 public:
  service_member() = default;
  service_member(std::shared_ptr<detail::group_core> in,
                 std::shared_ptr<detail::group_core::member> me) noexcept
      : in_{std::move(in)}, me_{std::move(me)} {}
  service_member(service_member&&) noexcept = default;
  service_member& operator=(service_member&& other) noexcept {
    if (this == &other) return *this;
    leave();
    in_ = std::move(other.in_);
    me_ = std::move(other.me_);
    return *this;
  }
  ~service_member() { leave(); }

  /// It is given no more events. What it handles at that moment it finishes; a new leader begins
  /// only then.
  void leave() { end(false); }
  /// As a crash: what it handles is cancelled and goes to another instance. (With broadcast its
  /// events are its own: they go with it.)
  void fail() { end(true); }

  bool active() const noexcept { return in_ != nullptr; }
  const std::string& name() const noexcept { return me_->name; }
  bool leads() const { return in_ && in_->leader() == me_->name; }
  instance_counts counts() const noexcept;

 private:
  void end(bool interrupt) {
    if (const auto in = std::exchange(in_, nullptr)) in->leave(me_, interrupt);
  }
  std::shared_ptr<detail::group_core> in_;  // null: has left
  std::shared_ptr<detail::group_core::member> me_;
};

/// Hands the events of one type to the instances of a service, in one of three modes.
///
///     service_group<order_placed> pay{bus, {.service = "pay", .mode = delivery_mode::pool}};
///     service_member a = pay.join("pay-1", [](const order_placed& o) -> task<> { … }).value();
///
/// Pool and singleton are one subscription, whose queue belongs to the service: an event waits
/// there until an instance is free for it, and goes to another one when its instance goes away
/// (which has then begun it: at least once). Broadcast is a subscription for each instance. So the
/// bus's ledger says what became of every event, and over a transport the subscription's name is
/// the consumer group.
///
/// Limits:   `instances_max`; the subscription's `capacity`, also while no instance is there.
/// Order:    with `.key`: in order within a key, whichever instances it goes to; an instance keeps
///           its keys as long as it has room for them. Singleton with concurrency 1: all in order,
///           as far as retries hold their place (retry_policy::hold_max).
/// Lifetime: the bus outlives it. Ending it ends the subscriptions, not the handlers at work.
/// Threads:  loop thread.
/// Cost:     pool and singleton: two recycled allocations an event beyond the bus's.
template <event E>
class service_group {
 public:
  /// Throws system_error(errc::invalid) when the policy contradicts itself, as `bus::subscribe`.
  service_group(bus& b, service_options<E> o)
      : bus_{b},
        each_{std::move(o.each)},
        core_{std::make_shared<detail::group_core>(b.rt(), std::move(o.service), o.mode,
                                                   o.instances_max, o.lease)} {
    ENSUE_ASSERT(!core_->service().empty(), "a service has a name");
    ENSUE_ASSERT(!o.lease || o.mode == delivery_mode::singleton, "only a singleton has a lease");
    if (o.mode != delivery_mode::broadcast) listen();
  }
  service_group(const service_group&) = delete;
  service_group& operator=(const service_group&) = delete;
  ~service_group() { core_->close(); }

  /// Adds an instance. `f` as for `bus::subscribe`; it lives until the instance has left and its
  /// last handler has ended. errc::exists: the name is taken; errc::full; errc::invalid: no name.
  template <class F>
  [[nodiscard]] result<service_member> join(std::string instance, F f) {
    detail::group_core::member m{.name = std::move(instance), .concurrency = each_.concurrency};
    if (core_->mode() == delivery_mode::broadcast) {
      subscribe_options<E> options = each_;
      options.name = core_->service() + "/" + m.name;
      m.own = bus_.subscribe<E>(std::move(f), std::move(options));
    } else {
      m.handle = std::make_unique<detail::typed_handler<E, F>>(std::move(f), nullptr, key_of<E>{});
    }
    auto joined = core_->join(std::move(m));  // refused: what was subscribed ends
    if (!joined) return joined.error();
    return service_member{core_, *joined};
  }

  /// In the order of joining.
  std::vector<std::string> instances() const { return core_->names(); }
  /// Singleton: who is it; empty: nobody.
  std::string leader() const { return core_->leader(); }
  /// Singleton: grows with every leader (of the lease, if there is one). Read it when a handler
  /// begins, and give it to whatever that writes: see fence.
  std::uint64_t token() const noexcept { return core_->token(); }
  /// Pool and singleton: the service's account.
  ledger counts() const noexcept { return core_->counts(); }

 private:
  void listen() {
    subscribe_options<E> options = each_;
    options.name = core_->service();
    options.concurrency = 1;
    // The time-out is that of an instance, so it cannot be the bus's; what it must fit with can.
    auto whole = options;
    const duration timeout = std::exchange(options.timeout, duration::max());
    if (const auto p = detail::policy_of(whole))
      if (const auto complaint = wrong(*p, policy_place{}))
        throw system_error(errc::invalid, "service " + core_->service() + ": " + *complaint);
    auto hand_over = [core = core_, key = each_.key](const E& e, context& c) -> task<> {
      std::optional<std::uint64_t> mark;
      if (key) mark = key(e);
      return detail::group_core::handle(core, &e, mark, c);
    };
    core_->take_from(bus_.subscribe<E>(std::move(hand_over), std::move(options)), timeout);
  }

  bus& bus_;
  const subscribe_options<E> each_;
  const std::shared_ptr<detail::group_core> core_;
};

inline instance_counts service_member::counts() const noexcept {
  if (!me_) return {};
  if (!me_->own.active()) return me_->counts;
  const ledger l = me_->own.counts();
  return {.begun = l.handled + l.dead + l.running,
          .handled = l.handled,
          .failed = l.dead,
          .running = l.running};
}

}  // namespace ensue
