#pragma once

#include <ensue/async/task.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/base/log.hpp>
#include <ensue/bus/event_ref.hpp>

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace ensue {

class context;
class dispatcher;
class handler;
class middleware_chain;
class runtime;
struct record;
struct type_entry;

/// One event on its way to its subscribers, seen once by each publish-side middleware before any
/// of them has it. Lives during the call.
class publishing {
 public:
  publishing(dispatcher& d, type_entry& e, const void* event, record* rec) noexcept
      : dispatcher_{d}, entry_{e}, event_{event}, record_{rec} {}
  publishing(const publishing&) = delete;
  publishing& operator=(const publishing&) = delete;
  ~publishing();

  event_ref event() const noexcept;
  std::string_view name() const noexcept { return event().name(); }
  template <ensue::event E>
  const E* as() const noexcept {
    return event().as<E>();
  }

  /// The event to change before anybody else sees it; null when it is not exactly an E. An emitted
  /// event is copied for that.
  template <ensue::event E>
  E* edit() {
    return &event().type() == &event_type<E>() ? static_cast<E*>(own()) : nullptr;
  }
  runtime& rt() const noexcept;

 private:
  friend class dispatcher;
  void* own();
  dispatcher& dispatcher_;
  type_entry& entry_;
  const void* event_;
  record* record_;
  bool copied_ = false;
};

/// Calls the rest of the chain: the next middleware, at last the handler. May be called several
/// times or not at all; an event whose handler was never reached is dropped(middleware).
class next_call {
 public:
  void operator()() const;

 private:
  friend class middleware_chain;
  middleware_chain* chain_;
  handler* handler_;
  const void* view_;
  context* context_;
  std::size_t from_;
};

/// As next_call, for coroutine handlers. The task must be awaited before the middleware ends.
class next_task {
 public:
  /// Goes on with the next middleware, or with the handler.
  ///
  /// Cancellation: the handler sees it at its next wait.
  /// Errors:       throws what the handler threw.
  task<> operator()() const;

 private:
  friend class middleware_chain;
  middleware_chain* chain_;
  handler* handler_;
  const void* view_;
  context* context_;
  std::size_t from_;
};

/// Stands between publishers and handlers, for every subscription of a bus, in the order of `use`.
/// Set what you need. Kept by the bus until its last handler has returned. Loop thread only.
struct middleware {
  /// Before anybody receives the event. False: nobody does, and every subscription that would have
  /// counts it as filtered. What it throws is logged and means false.
  std::function<bool(publishing&)> on_publish{};
  /// Before each handler. False: it is not called.
  std::function<bool(context&)> before{};
  /// After each handler; the error is what it threw, null when it returned.
  std::function<void(context&, const std::exception_ptr&)> after{};
  /// Around plain handlers. What it throws is the handler's failure.
  std::function<void(context&, next_call)> around{};
  /// Around coroutine handlers; a lambda given here must not keep its own captures past the bus.
  std::function<task<>(context&, next_task)> around_task{};

  bool wraps() const noexcept { return before || after || around || around_task; }
};

/// All middleware of one bus. They are never removed, so that a suspended handler's chain stays.
class middleware_chain {
 public:
  void add(middleware m) { all_.push_back(std::move(m)); }
  bool on_publish(publishing& p);
  void call(handler& h, const void* view, context& c, std::size_t from = 0);
  /// As above, but for coroutine handlers.
  task<> start(handler& h, const void* view, context& c, std::size_t from = 0);

 private:
  std::deque<middleware> all_;
};

/// Changes each event of type E before anybody sees it: f(E&), false drops it.
template <event E, class F>
middleware change(F f) {
  middleware m;
  m.on_publish = [f = std::move(f)](publishing& p) {
    E* const e = p.edit<E>();
    return !e || f(*e);
  };
  return m;
}

/// Logs each event when it is published and each handler when it has ended.
middleware log_events(log_level level = log_level::debug);

/// Lets an event pass if `allow(event)`; another is dropped, with a warning that names it.
middleware authorise(std::function<bool(const event_ref&)> allow);
/// Lets a handler be called if `allow(context)`; otherwise the event is dropped there, with a
/// warning that names both.
middleware authorise_handlers(std::function<bool(context&)> allow);

/// What `count_events` counts, by event name.
struct event_figures {
  struct line {
    std::uint64_t published = 0;  ///< emitted, posted or published; whoever received it
    std::uint64_t handled = 0;    ///< handlers that returned
    std::uint64_t failed = 0;     ///< handlers that threw
    duration handling{};          ///< in handlers, waiting included
  };
  std::map<std::string, line, std::less<>> by_event;
};
/// Counts into `figures`, shared with the caller. Cost: two clock reads and a map look-up per call.
middleware count_events(std::shared_ptr<event_figures> figures);

}  // namespace ensue
