#pragma once

#include <ensue/async/task.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/transport/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ensue {

struct route_options {
  /// What orders events among each other; empty: the key of the stamp, and without one there is no
  /// order. Asked once per event that leaves.
  std::function<std::string(const event_ref&)> key{};
  duration publish_within =
      std::chrono::seconds{30};                    ///< tries again that long, then the post fails
  std::size_t capacity = limits::queue_capacity;   ///< events on their way out
  std::size_t prefetch = 64;                       ///< of each group
  duration lease = std::chrono::seconds{30};       ///< extended while a handler is at work
  bool from_oldest = false;                        ///< where a new group begins
  duration retry_after = std::chrono::seconds{1};  ///< what could not be handled here and now
  /// What comes in and cannot be read (an unknown type or version, a wrong text): given up as dead,
  /// or passed over. Both are counted and logged.
  enum class unreadable { dead, ignore } on_unreadable = unreadable::dead;
};

/// Where events live whose names match a pattern: at a transport. No handler is changed by it.
///
///     route orders{bus, transport, "order.>"};
///     co_await orders.start();              // after all have subscribed
///
/// From its making on `post` and `publish` of such an event complete when the transport has
/// accepted it, and throw when it has not; `try_post` (and a handler's result) completes when the
/// event is queued for the transport. A subscription with a name is a group of that name: each
/// event comes to one of its members in all processes, and is settled at the transport by its fate
/// here: handled, filtered, expired, a duplicate or kept as dead letter: acknowledged; failed and
/// kept nowhere: dead at the transport; cut off by the end of the bus or the kill switch: comes
/// again. What a handler returns is accepted at its own route before its event is acknowledged.
/// A subscription without a name only looks on: it sees what is posted on this bus.
/// With a transport that `skips_own` (publish and subscribe without memory) everybody here gets the
/// event at once, and it goes out beside that; what comes in goes to everybody with a name.
///
/// Shape:    the types must be in the bus's registry, under stable names.
/// Limits:   as in the options. Lifetime: ends after `stop`, before bus and transport.
/// Threads:  loop thread.
/// Order:    within a key as published, as far as the transport keeps it.
/// Errors:   of start: two subscriptions of one name that take the same event.
class route {
 public:
  route(bus& b, transport& t, std::string pattern, route_options o = {});
  route(const route&) = delete;
  route& operator=(const route&) = delete;
  ~route();

  /// Begins to consume for all that have subscribed with a name by now. May be called again after
  /// more have.
  /// Cancellation: throws; some may have begun. Errors: the transport's; errc::exists: two of one
  /// name want the same events.
  task<transport_result<>> start();

  /// Takes no more in and waits for what is being handled, at most `within`; what is not done then
  /// comes again elsewhere. Events go on leaving until the route or the bus ends. Twice is once.
  ///
  /// Cancellation: cuts it short, throws.
  /// Errors:       errc::timed_out: something was cut off.
  task<result<>> stop(duration within);

  /// One line per group, in order of their names.
  struct account {
    std::string group;
    std::uint64_t received = 0;
    std::uint64_t again = 0;  ///< of these, delivered before, certainly or maybe
    std::uint64_t acked = 0;
    std::uint64_t retried = 0;  ///< given back, to come again
    std::uint64_t dead = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t unwanted = 0;  ///< nobody here takes the type: acknowledged
    std::uint64_t late = 0;      ///< settled after the lease was over
    std::size_t at_work = 0;
  };
  std::vector<account> accounts() const;
  const std::string& pattern() const noexcept { return pattern_; }

 private:
  class outlet;
  class intake;
  struct group;

  transport_result<std::vector<group>> groups() const;
  static task<> drained(route& self);

  bus& bus_;
  transport& transport_;
  const std::string pattern_;
  const route_options options_;
  std::shared_ptr<outlet> outlet_;
  subscription leaving_;
  std::vector<std::unique_ptr<intake>> intakes_;
  bool stopped_ = false;
};

}  // namespace ensue
