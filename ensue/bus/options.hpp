#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/limits.hpp>
#include <ensue/bus/failure.hpp>
#include <ensue/reliability/policy.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace ensue {

/// What a full subscription queue does with one more event.
enum class overflow : std::uint8_t {
  wait,         ///< the publisher waits for room: back-pressure (default)
  reject,       ///< the publisher is told errc::full; nothing is queued anywhere
  drop_oldest,  ///< the oldest queued event makes room
  drop_newest,  ///< the new event is dropped for this subscription
  /// At most one event of each key is queued: a new one takes the place of the one that waits.
  /// Full of other keys: drop_oldest. Each post looks through the queue.
  latest_per_key,
};

/// A stable 64-bit mark of a key (FNV-1a for text). Two keys with one mark only share an order.
std::uint64_t key_mark(std::string_view text) noexcept;
constexpr std::uint64_t key_mark(std::integral auto number) noexcept {
  return static_cast<std::uint64_t>(number);
}

/// Reads the key of an event: from a member pointer or any callable returning text or an integer.
/// An event whose key cannot be read (the callable threw) has the key 0.
template <class E>
class key_of {
 public:
  key_of() = default;
  template <class M, class C>
    requires std::derived_from<E, C>
  // NOLINTNEXTLINE(google-explicit-constructor): `.key = &order::id` is how it is written
  key_of(M C::* member) : read_{[member](const E& e) { return key_mark(e.*member); }} {}
  template <class F>
    requires(!std::same_as<F, key_of> && std::invocable<const F&, const E&>)
  key_of(F f)  // NOLINT(google-explicit-constructor): likewise
      : read_{[f = std::move(f)](const E& e) { return key_mark(f(e)); }} {}

  explicit operator bool() const noexcept { return static_cast<bool>(read_); }
  std::uint64_t operator()(const E& e) const noexcept {
    try {
      return read_(e);
    } catch (...) {
      return 0;
    }
  }

 private:
  std::function<std::uint64_t(const E&)> read_{};
};

/// Everything about a subscription but its handler. All fields have working defaults.
template <class E>
struct subscribe_options {
  std::string name{};                     ///< in ledger, logs and errors; default: the event's name
  int priority = 0;                       ///< higher first; equal: in order of subscribing
  std::function<bool(const E&)> where{};  ///< false: counted as filtered
  std::size_t capacity = limits::queue_capacity;
  overflow on_full = overflow::wait;
  duration wait_max = duration::max();  ///< with overflow::wait: then errc::timed_out

  // The policy: see ensue::policy for its order, which is not that of these fields. With any of
  // them but concurrency and key, also a plain handler takes its events from the queue.
  duration expire = duration::max();             ///< an event that has waited longer is not begun
  dedupe_policy dedupe = dedupe_policy::none();  ///< by source and id
  dedupe_store* dedupe_in = nullptr;             ///< outlives the subscription; null: in memory
  rate_policy rate = rate_policy::none();
  rate_policy rate_each = rate_policy::none();  ///< of each `rate_key`, fair between them
  key_of<E> rate_key{};
  unsigned concurrency = 1;  ///< coroutine handlers at work at once
  key_of<E> key{};           ///< in order within a key, parallel across keys
  breaker_policy breaker = breaker_policy::none();
  retry_policy retry = retry_policy::none();
  retry_budget_policy retry_budget{};
  duration timeout = duration::max();                           ///< of one attempt of a coroutine
  bool dead_letter = true;                                      ///< keep what fails for good
  std::function<void(const ensue::dead_letter&)> on_failure{};  ///< after that; may throw

  std::function<void(const failure&)> on_error{};  ///< may throw; that is logged and contained
  std::weak_ptr<const void> owner{};  ///< with `bound_to_owner`: ends when the owner is gone
  bool bound_to_owner = false;
  bool once = false;        ///< ends after the first event it accepts
  std::string component{};  ///< scope of the kill switch
  bool exempt = false;      ///< runs although halted: for what must act when the kill switch is on
};

/// When a batch is handed over. See batch_options.
struct batch_limits {
  std::size_t count = 0;
  std::size_t bytes = 0;
  duration wait{};
};

class dead_letters;
class event_registry;
struct subscription_settings;

struct bus_options {
  std::function<void(const failure&)> on_failure{};   ///< every failure, after `on_error`
  unsigned depth_max = limits::event_depth_max;       ///< storm guard: hops from the root
  std::size_t budget_max = limits::event_budget_max;  ///< storm guard: events one root causes
  const event_registry* registry = nullptr;           ///< for events by name; outlives the bus
  std::string source = "ensue";                       ///< envelope source of events made here
  /// Where events go that a subscription gives up, so that they can be looked at and posted again;
  /// outlives the bus. Null: subscriptions with a policy get a store in memory that forgets its
  /// oldest letter when it is full; the events of others are counted and logged only.
  ensue::dead_letters* dead_letters = nullptr;
  /// Has the last word on every new subscription, its name filled in: how configuration gets there.
  std::function<void(subscription_settings&)> adjust{};
};

}  // namespace ensue
