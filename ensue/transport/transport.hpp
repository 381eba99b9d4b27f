#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/transport/delivery.hpp>
#include <ensue/transport/features.hpp>
#include <ensue/transport/survival.hpp>
#include <ensue/transport/transport_error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

struct consume_options {
  std::string group{};               ///< who shares the events: each goes to one of its members
  std::string member{};              ///< of the group; empty: made up, different each time
  std::vector<std::string> types{};  ///< patterns as of the bus (`order.*`); empty: every type
  std::size_t prefetch = 64;         ///< deliveries out, and not settled, at a time
  duration lease = std::chrono::seconds{30};  ///< to settle one; extended for longer work
  bool from_oldest = false;                   ///< where a new group begins; needs `keeps_old`
};

/// One member of a group. Destroyed, it lets go of what it holds: that comes again elsewhere.
///
/// Limits:   `prefetch` deliveries are out at a time; of one key one (`partitionkey`; events
///           without a key are free of each other).
/// Threads:  loop thread. Lifetime: ends before its transport; outlives its operations.
/// Order:    of each key as published; what is to be retried holds back its key alone.
class consumer {
 public:
  virtual ~consumer() = default;
  consumer() = default;
  consumer(const consumer&) = delete;
  consumer& operator=(const consumer&) = delete;

  /// Waits for the next delivery; one caller at a time. While the server is away it waits on: the
  /// transport connects again by itself, and `state()` of the transport tells.
  ///
  /// Cancellation: throws; no delivery was taken.
  /// Errors:       errc::closed: after `stop`, or the transport is closed. Else the server refuses
  ///               for good; nothing more will come.
  virtual task<transport_result<delivery>> next() = 0;

  /// Completes when the settlement is as safe as the transport's promise. Settling the same way
  /// again is accepted and changes nothing.
  ///
  /// Cancellation: throws; it may or may not have been settled.
  /// Errors: errc::expired: the lease is over, somebody else may have it, nothing was done;
  ///         errc::exists: settled otherwise before; errc::not_found: never given out here;
  ///         errc::outcome_unknown: the link died, it may come again.
  virtual task<result<>> settle(std::uint64_t token, settlement how) = 0;

  /// Begins the lease of this delivery anew. Errors: as `settle`; without `extends`: errc::invalid.
  /// Cancellation: throws; it may or may not have been extended.
  virtual task<result<>> extend(std::uint64_t token) = 0;

  /// No further delivery: `next` ends with errc::closed. What is out can still be settled; what was
  /// fetched and not given out goes back.
  virtual void stop() = 0;

  /// Given out and not settled.
  virtual std::size_t unsettled() const noexcept = 0;
};

enum class transport_state : std::uint8_t {
  connecting,  ///< for the first time, or again
  ready,
  degraded,  ///< works, but less than promised: `why()` says it
  down       ///< closed, or refused for good
};
std::string_view name_of(transport_state s) noexcept;

struct replay_options {
  std::string after{};                 ///< a position; empty: from the oldest
  wall_time since = wall_time::min();  ///< by the event's time, both ends included
  wall_time until = wall_time::max();
  std::vector<std::string> types{};  ///< patterns; empty: every type
  std::string key{};                 ///< empty: every key
  std::size_t most = SIZE_MAX;
};

/// What carries events between processes. Implementations: `memory_transport` and the folders of
/// ensue/transport; `make_transport(rt, url)` (transport/urls) finds one by URL.
///
/// Threads:  loop thread. Lifetime: outlives its consumers and its operations.
class transport {
 public:
  virtual ~transport() = default;
  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  virtual const transport_features& features() const noexcept = 0;
  /// For messages: no password in it.
  virtual const std::string& url() const noexcept = 0;

  /// Connects, makes what has to be there, and asks the server what it gives. First of all, once.
  ///
  /// Cancellation: throws; may be called again.
  /// Errors:       not reachable (may retry), refused, or not as it must be: the text says what to
  ///               change.
  virtual task<transport_result<guarantee>> open() = 0;

  virtual transport_state state() const noexcept = 0;
  /// Why it is degraded, down or still connecting.
  virtual std::string why() const = 0;
  /// Is told of every change. One listener.
  virtual void on_state(std::function<void(transport_state)> listener) = 0;

  /// Publishes all, in this order. Completes when each is accepted or not: `accepted` means what
  /// the promise says. Answers in the order of the events.
  ///
  /// Limits:       waits while too much is on its way (back-pressure).
  /// Cancellation: throws; each may have been accepted.
  /// Errors:       of each event: errc::invalid (too big or malformed), errc::unavailable (not
  ///               sent, may retry), errc::outcome_unknown (retry with the same id only),
  ///               errc::full, errc::closed.
  virtual task<std::vector<error_code>> publish(std::vector<cloud_event> events) = 0;

  /// Becomes a member of a group.
  /// Cancellation: throws. Errors: as `open`; errc::invalid: options it cannot do, with the reason.
  virtual task<transport_result<std::unique_ptr<consumer>>> consume(consume_options o) = 0;

  /// Hands stored events to `each`, oldest first, up to what is stored at the call. `each` may
  /// throw; that ends it. The deliveries need no settling. Returns how many.
  /// Cancellation: throws between two events. Errors: as `open`; without `replays`: errc::invalid.
  virtual task<transport_result<std::size_t>> replay(
      replay_options o, std::function<task<>(const delivery&)> each) = 0;

  /// Publishes what waits, ends all consumers, disconnects; at most `within`. Twice is once.
  /// Cancellation: goes on; throws. Errors: errc::timed_out: what was on its way may be lost.
  virtual task<result<>> close(duration within) = 0;
};

/// Opens and demands: the error names what is given, what is asked, and what to change.
/// Cancellation: and Errors: as transport::open; errc::refused: it promises less.
task<transport_result<guarantee>> open_with(transport& t, survival at_least,
                                            bool replicated = false);

/// What is missing of that, and what to change; none: it is given.
std::optional<std::string> falls_short(const transport& t, const guarantee& given,
                                       survival at_least, bool replicated);

/// Does the event fit what a consumer asked for? No patterns: every event.
bool wanted(const std::vector<std::string>& types, std::string_view type) noexcept;
/// Why nobody can consume like this anywhere; none: it is well.
std::optional<std::string> wrong(const consume_options& o);
/// Does a stored event fit what is to be replayed, its position apart?
bool fits(const replay_options& o, const cloud_event& e) noexcept;
/// A position that is a number, as text; empty: 0. errc::invalid.
result<std::uint64_t> position_number(std::string_view text) noexcept;
/// The key that orders it: `partitionkey`; empty: none.
std::string_view lane_key(const cloud_event& e) noexcept;
/// Bytes of data and attributes.
std::size_t bytes_of(const cloud_event& e) noexcept;
/// Why it cannot be published here at all: malformed or too big. None: it can.
error_code refused_by(const transport_features& f, const cloud_event& e) noexcept;

}  // namespace ensue
