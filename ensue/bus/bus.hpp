#pragma once

#include <ensue/async/task.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/options.hpp>
#include <ensue/bus/posting.hpp>
#include <ensue/bus/result.hpp>
#include <ensue/bus/subscription.hpp>

#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ensue {

/// What `publish` reports once every handler has settled.
struct publish_result {
  std::uint32_t delivered = 0;
  std::vector<failure> failures;
  bool ok() const noexcept { return failures.empty(); }
};

/// Routes events to handlers inside one process, on one loop.
///
/// Three verbs: `emit` calls plain handlers in place; `post` completes when the event was accepted
/// into every subscriber's bounded queue; `publish` completes when every handler has settled.
/// Each has a form that builds the event inside, which is the one to use with co_await.
///
/// Threads:  loop thread only; other threads hand events in through an inbox.
/// Order:    handlers are called by priority (higher first), then in order of subscribing, those of
///           base types included. One publisher's events stay in order per subscription.
/// Lifetime: the bus may be destroyed inside a handler; nothing is called afterwards.
/// Errors:   a failing handler stops no other. It is counted as dead, logged with its name, and
///           handed to its `on_error` and to the waiting `publish`.
class bus {
 public:
  explicit bus(runtime& rt, bus_options options = {});
  bus(bus&&) noexcept = default;
  ~bus();

  /// Subscribes `f` to E and to every event derived from it. `f` takes `const E&` and, if it likes,
  /// `context&`; it returns nothing, a task, or events to publish as caused by the one handled.
  /// The subscription ends with the returned object. Cost: O(log n), one rebuild of the list of
  /// the types concerned at their next event.
  template <event E, class F>
  [[nodiscard]] subscription subscribe(F f, subscribe_options<E> options = {}) {
    static_assert(detail::takes_event<F, E> || detail::takes_context<F, E>,
                  "a handler must be callable as f(const Event&) or f(const Event&, context&)");
    auto handle = std::make_unique<detail::typed_handler<E, F>>(
        std::move(f), std::move(options.where), std::move(options.key));
    return add(event_type<E>(), std::move(handle), detail::erase(std::move(options)));
  }

  /// As above, for a member function of an object that outlives the subscription.
  template <event E, class C, class R>
  [[nodiscard]] subscription subscribe(C& object, R (C::*member)(const E&),
                                       subscribe_options<E> options = {}) {
    return subscribe<E>([&object, member](const E& e) { return (object.*member)(e); },
                        std::move(options));
  }

  /// Calls every handler before it returns; coroutine handlers get the event queued, or dropped as
  /// rejected when their queue is full. Overtakes what is queued. Never suspends, never throws what
  /// a handler threw. Cost: a few ns and ~1.5 ns per handler; no allocation for plain handlers.
  template <event E>
  emit_result emit(const E& e) {
    return engine_->emit(type_id<E>(), event_type<E>(), &e);
  }
  template <event E, class... Args>
    requires(sizeof...(Args) != 1 || !(std::same_as<E, std::remove_cvref_t<Args>> && ...))
  emit_result emit(Args&&... args) {
    const E e(std::forward<Args>(args)...);
    return engine_->emit(type_id<E>(), event_type<E>(), &e);
  }

  /// Queues the event with every subscriber or with none. errc::full: somebody's bound is reached;
  /// errc::closed; errc::too_deep. Nothing was done then; full may be retried.
  template <event E, class... Args>
  [[nodiscard]] error_code try_post(Args&&... args) {
    return detail::try_post(*engine_, build<E>(std::forward<Args>(args)...));
  }

  /// Queues the event with every subscriber: at the call if there is room, else the returned task
  /// waits for it (back-pressure).
  ///
  /// Shape:        one event in; done when accepted everywhere. Not lazy: accepted at the call.
  /// Limits:       each subscription's `capacity`.
  /// Order:        posts that did not wait keep their order; waiting ones go in order of waiting.
  /// Cancellation: while waiting: the event was not accepted anywhere.
  /// Errors:       throws boost::system::system_error with errc::closed, full (a rejecting
  ///               subscriber), too_deep; the event was then not accepted anywhere.
  /// Cost:         no allocation beyond the recycled record and, if it waits, one frame.
  template <event E, class... Args>
  [[nodiscard]] task<> post(Args&&... args) {
    return detail::post(*engine_, build<E>(std::forward<Args>(args)...));
  }

  /// Calls plain handlers now, queues for coroutine handlers, and completes when all have settled.
  ///
  /// Shape:        one event in, one report out. Lazy but for building the event.
  /// Cancellation: stops waiting; the handlers go on.
  /// Errors:       throws system_error(errc::closed or too_deep); handlers' failures are reported.
  template <event E, class... Args>
  [[nodiscard]] task<publish_result> publish(Args&&... args) {
    return publish_record(engine_, build<E>(std::forward<Args>(args)...), nullptr);
  }

  /// As publish; the values of type R that handlers return come back, in the order they settled.
  ///
  /// Cancellation: as publish.
  /// Errors:       as publish; a failed handler contributes no value.
  template <class R, event E, class... Args>
  [[nodiscard]] task<std::vector<R>> collect(Args&&... args) {
    return collect_record<R>(engine_, build<E>(std::forward<Args>(args)...));
  }

  /// Completes when no event is queued and no coroutine handler runs, nested ones included.
  ///
  /// Cancellation: stops waiting.
  /// Errors:       none of its own.
  [[nodiscard]] task<> wait_idle();
  bool idle() const noexcept { return engine_->idle(); }

  /// Refuses new events, drops what is queued as `shutdown`, cancels running coroutine handlers.
  void close() { engine_->close(); }

  runtime& rt() const noexcept { return engine_->rt(); }
  dispatcher& engine() const noexcept { return *engine_; }

  /// One line per subscription in order of subscribing, and the sum of all there were.
  struct account {
    std::string subscription;
    std::string event;
    ledger counts;
    duration queued_p50{}, queued_p99{}, handled_p50{}, handled_p99{}, handled_p999{};
  };
  std::vector<account> accounts() const;
  ledger total() const noexcept { return engine_->total(); }

 private:
  template <event E, class... Args>
  record_ref build(Args&&... args) {
    return detail::build<E>(*engine_, engine_->top(), std::forward<Args>(args)...);
  }
  subscription add(const event_type_info& type, std::unique_ptr<handler> handle,
                   subscription_settings settings);
  struct collector {
    const void* type;
    void (*add)(void* results, void* value);
    void* results;
  };
  static task<publish_result> publish_record(std::shared_ptr<dispatcher> engine, record_ref r,
                                             const collector* collecting);
  template <class R>
  static task<std::vector<R>> collect_record(std::shared_ptr<dispatcher> engine, record_ref r) {
    std::vector<R> results;
    const collector into{&detail::type_mark<R>,
                         [](void* all, void* value) {
                           static_cast<std::vector<R>*>(all)->push_back(
                               std::move(*static_cast<R*>(value)));
                         },
                         &results};
    co_await publish_record(std::move(engine), std::move(r), &into);
    co_return results;
  }

  std::shared_ptr<dispatcher> engine_;
};

}  // namespace ensue
