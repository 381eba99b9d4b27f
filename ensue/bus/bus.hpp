#pragma once

#include <ensue/async/task.hpp>
#include <ensue/bus/batch.hpp>
#include <ensue/bus/deduce.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/expect.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/member.hpp>
#include <ensue/bus/middleware.hpp>
#include <ensue/bus/names.hpp>
#include <ensue/bus/options.hpp>
#include <ensue/bus/posting.hpp>
#include <ensue/bus/result.hpp>
#include <ensue/bus/stamp.hpp>
#include <ensue/bus/subscription.hpp>
#include <ensue/event/json_text.hpp>

#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ensue {

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
    if constexpr (detail::takes_event<F, E> || detail::takes_context<F, E>) {
      auto handle = std::make_unique<detail::typed_handler<E, F>>(
          std::move(f), std::move(options.where), std::move(options.key));
      return add(event_type<E>(), std::move(handle), detail::erase(std::move(options)));
    } else {
      static_assert(detail::takes_event<F, E>,
                    "a handler must be callable as f(const Event&) or f(const Event&, context&)");
      return {};
    }
  }

  /// As above, the event read from the handler's signature: a function or a lambda that is not
  /// generic.
  template <class F, class E = detail::event_of_t<F>>
  [[nodiscard]] subscription subscribe(F f, subscribe_options<E> options = {}) {
    if constexpr (std::same_as<E, detail::no_event>) {
      static_assert(!std::same_as<E, detail::no_event>,
                    "which event? A handler takes (const Event&) or (const Event&, context&); "
                    "for a generic one write subscribe<Event>(handler)");
      return {};
    } else {
      return subscribe<E, F>(std::move(f), std::move(options));
    }
  }

  /// As above, for a member function of an object that outlives the subscription.
  template <class C, detail::member_of<C> M, class E = detail::event_of_t<M>>
  [[nodiscard]] subscription subscribe(C* object, M member, subscribe_options<E> options = {}) {
    if constexpr (std::same_as<E, detail::no_event>) {
      static_assert(!std::same_as<E, detail::no_event>,
                    "a member handler takes (const Event&) or (const Event&, context&)");
      return {};
    } else {
      return subscribe<E>(detail::member_call<E>(*object, member), std::move(options));
    }
  }
  template <class C, detail::member_of<C> M, class E = detail::event_of_t<M>>
  [[nodiscard]] subscription subscribe(C& object, M member, subscribe_options<E> options = {}) {
    return subscribe(&object, member, std::move(options));
  }
  /// As above; says which one of overloaded member functions.
  template <event E, class C, class R>
  [[nodiscard]] subscription subscribe(C& object, R (C::*member)(const E&),
                                       subscribe_options<E> options = {}) {
    return subscribe<E>(detail::member_call<E>(object, member), std::move(options));
  }

  /// As above; the subscription ends when the object is gone, which stays while it is called.
  template <class C, detail::member_of<C> M, class E = detail::event_of_t<M>>
  [[nodiscard]] subscription subscribe(const std::shared_ptr<C>& object, M member,
                                       subscribe_options<E> options = {}) {
    options.owner = object;
    options.bound_to_owner = true;
    return subscribe<E>(detail::bound_member<C, M, E>{object, member}, std::move(options));
  }

  /// Ends after the first event it accepts, before the handler is called for it.
  template <event E, class F>
  [[nodiscard]] subscription once(F f, subscribe_options<E> options = {}) {
    options.once = true;
    return subscribe<E>(std::move(f), std::move(options));
  }

  /// Goes before everybody who has subscribed so far: one above the highest priority in use.
  template <event E, class F>
  [[nodiscard]] subscription prepend(F f, subscribe_options<E> options = {}) {
    options.priority = engine_->highest_priority() + 1;
    return subscribe<E>(std::move(f), std::move(options));
  }

  /// Subscribes to events by name: those with a stable name, whatever their type, and those that
  /// came in by name only. `pattern` is a name or has wildcards: `*` is one level, `>` one or more
  /// at the end. `f` takes `const event_ref&` and, if it likes, `context&`. `pattern` must be
  /// valid_pattern(): check what comes from outside. Cost: as above; an event's cost does not
  /// depend on patterns that do not match it.
  template <class F>
    requires(detail::takes_event<F, event_ref> || detail::takes_context<F, event_ref>)
  [[nodiscard]] subscription subscribe(std::string_view pattern, F f,
                                       subscribe_options<event_ref> options = {}) {
    auto handle = std::make_unique<detail::named_handler<F>>(std::move(f), std::move(options.where),
                                                             std::move(options.key));
    subscription_settings settings = detail::erase(std::move(options));
    settings.pattern = pattern;
    return add(event_type<event_ref>(), std::move(handle), std::move(settings));
  }

  /// Subscribes a handler of many events at once: `f` takes `const batch<E>&` and, if it likes, the
  /// `context&` of the first one; it returns nothing or a task. All events of a batch settle when
  /// it has ended: handled, or dead together when it throws.
  template <event E, class F>
  [[nodiscard]] subscription subscribe_batch(F f, batch_options<E> options = {}) {
    if constexpr (detail::batch_handler_of<F, E>) {
      auto handle = std::make_unique<detail::batch_handler<E, F>>(
          std::move(f), std::move(options.where), std::move(options.size_of));
      return add(event_type<E>(), std::move(handle), detail::erase(std::move(options)));
    } else {
      static_assert(detail::batch_handler_of<F, E>,
                    "a batch handler must be callable as f(const batch<Event>&) or "
                    "f(const batch<Event>&, context&)");
      return {};
    }
  }

  /// The next event of type E that `where` accepts, from this call on.
  ///
  /// Shape:        one event out. Listens from the call, not from the await.
  /// Deadline:     `within` that time of the call.
  /// Cancellation: stops listening.
  /// Errors:       throws system_error with errc::timed_out, or errc::closed when the bus closes.
  template <event E>
  [[nodiscard]] task<E> expect(duration within, std::function<bool(const E&)> where = {}) {
    auto heard = std::make_shared<detail::expectation<E>>();
    const time_point until = saturating_add(rt().now(), within);
    subscription listening = subscribe<E>(
        detail::listener<E>{heard}, {.name = "expect", .where = std::move(where), .once = true});
    return detail::await_expected(engine_, std::move(heard), std::move(listening), until);
  }

  /// Puts `m` between publishers and handlers, inside what was put there before. A bus without
  /// middleware pays nothing for it.
  void use(middleware m) { engine_->use(std::move(m)); }

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
    if (detail::post_in_place<E>(*engine_, std::forward<Args>(args)...)) return {};
    // NOLINTNEXTLINE(bugprone-use-after-move): not taken when the answer is no
    return detail::try_post(*engine_, build<E>(std::forward<Args>(args)...));
  }

  /// Queues the event with every subscriber: at the call if there is room, else what comes back, to
  /// be awaited or handed on as a task<>, waits for it (back-pressure).
  ///
  /// Shape:        one event in; done when accepted everywhere. Not lazy: accepted at the call.
  /// Limits:       each subscription's `capacity`.
  /// Order:        posts that did not wait keep their order; waiting ones go in order of waiting.
  /// Deadline:     the `wait_max` of the subscription it waits for.
  /// Cancellation: while waiting: the event was not accepted anywhere.
  /// Errors:       throws boost::system::system_error with errc::closed, full (a rejecting
  ///               subscriber), timed_out, too_deep; the event was not accepted anywhere then.
  /// Cost:         no allocation beyond the recycled record and, if it waits, one frame. A small
  ///               trivially copyable event for one plain handler is built in that queue.
  template <event E, class... Args>
  [[nodiscard]] posted post(Args&&... args) {
    if (detail::post_in_place<E>(*engine_, std::forward<Args>(args)...)) return {};
    // NOLINTNEXTLINE(bugprone-use-after-move): not taken when the answer is no
    return detail::post(*engine_, build<E>(std::forward<Args>(args)...));
  }

  /// Calls plain handlers now, queues for coroutine handlers, and completes when all have settled.
  ///
  /// Shape:        one event in, one report out. Lazy but for building the event.
  /// Deadline:     while a queue is full: the subscription's `wait_max`.
  /// Cancellation: stops waiting; the handlers go on.
  /// Errors:       throws system_error(errc::closed, too_deep or timed_out): no handler saw the
  ///               event; handlers' failures are reported.
  template <event E, class... Args>
  [[nodiscard]] task<publish_result> publish(Args&&... args) {
    return detail::publish(engine_, build<E>(std::forward<Args>(args)...), nullptr);
  }

  /// As publish; the values of type R that handlers return come back, in the order they settled.
  ///
  /// Cancellation: as publish.
  /// Errors:       as publish; a failed handler contributes no value.
  template <class R, event E, class... Args>
  [[nodiscard]] task<std::vector<R>> collect(Args&&... args) {
    return collect_record<R>(engine_, build<E>(std::forward<Args>(args)...));
  }

  /// The verbs by name. When the bus's registry knows the name, the text becomes an event of that
  /// type (version 0: the current one), for typed subscribers too; else a json_event, for those who
  /// subscribed by name. The error says what is wrong with the text and where; nothing was done.
  [[nodiscard]] json_result<emit_result> emit_named(std::string_view name, std::string_view json,
                                                    int version = 0);
  [[nodiscard]] json_result<error_code> try_post_named(std::string_view name, std::string_view json,
                                                       int version = 0);
  /// Cancellation: as `post`.
  /// Errors:       as `post`; errc::invalid with the place for a wrong text.
  [[nodiscard]] task<> post_named(std::string_view name, std::string_view json, int version = 0);
  /// Cancellation: as `publish`.
  /// Errors:       as `publish`; errc::invalid with the place for a wrong text.
  [[nodiscard]] task<publish_result> publish_named(std::string_view name, std::string_view json,
                                                   int version = 0);

  /// The verbs for events that carry a stamp: an id, a deadline, a key, a subject, a trace.
  [[nodiscard]] stamped with(event_stamp stamp) {
    return {engine_, engine_->top(), std::move(stamp)};
  }

  /// Completes when no event is queued and no coroutine handler runs. Not for use inside a
  /// coroutine handler: that would wait for itself.
  ///
  /// Deadline:     `within` that time.
  /// Cancellation: stops waiting.
  /// Errors:       throws system_error(errc::timed_out); nothing was changed, may be retried.
  [[nodiscard]] task<> wait_idle(duration within = duration::max());
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
    std::uint64_t failed = 0;     ///< times the handler failed, also when it was tried again
    std::uint64_t timed_out = 0;  ///< of these, by taking too long
    std::uint64_t refused = 0;    ///< publishers turned away, or tired of waiting; not accepted
    duration queued_p50{}, queued_p99{}, queued_p999{};
    duration handled_p50{}, handled_p99{}, handled_p999{};
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
  template <class R>
  static task<std::vector<R>> collect_record(std::shared_ptr<dispatcher> engine, record_ref r) {
    std::vector<R> results;
    const detail::collector into{
        &detail::type_mark<R>,
        [](void* all, void* value) {
          static_cast<std::vector<R>*>(all)->push_back(std::move(*static_cast<R*>(value)));
        },
        &results};
    co_await detail::publish(std::move(engine), std::move(r), &into);
    co_return results;
  }

  std::shared_ptr<dispatcher> engine_;
};

}  // namespace ensue
