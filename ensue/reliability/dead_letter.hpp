#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/uuid.hpp>
#include <ensue/event/envelope.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// Why an event was given up.
enum class death_reason : std::uint8_t {
  exhausted,  ///< no attempts, time or budget left
  permanent,  ///< the error says that trying again is of no use
  expired,    ///< its deadline passed before the work began
  poison,     ///< redriven as often as allowed, and died each time
  rejected,   ///< a brake or a bound refused it: breaker, queue, halt
  unreadable  ///< could not be decoded
};
BOOST_DESCRIBE_ENUM(death_reason, exhausted, permanent, expired, poison, rejected, unreadable)

/// One failed attempt to handle an event.
struct dead_attempt {
  unsigned number = 0;  ///< from 1
  wall_time started{};
  duration took{};
  std::string error;
  friend bool operator==(const dead_attempt&, const dead_attempt&) = default;
};
BOOST_DESCRIBE_STRUCT(dead_attempt, (), (number, started, took, error))

/// An event that one subscription gave up, with all that is needed to see why and to post it again.
struct dead_letter {
  uuid id;            ///< of the letter; given by the store
  std::string event;  ///< the type's name on the wire
  int version = 0;
  std::string content_type;  ///< application/json; anything else: opaque to ensue
  std::string payload;       ///< JSON text, or any bytes

  uuid event_id, correlation, causation;
  std::string source, subject, key;
  std::string trace, trace_state;  ///< W3C traceparent and tracestate
  wall_time time{};                ///< of publishing
  std::optional<wall_time> deadline;
  std::uint32_t depth = 0;

  std::string subscription;  ///< whose handler failed
  std::string component;
  death_reason reason = death_reason::exhausted;
  std::string detail;  ///< a sentence for people
  std::vector<dead_attempt> attempts;
  wall_time died{};
  unsigned redrives = 0;  ///< how often the event was posted again from here
  bool marked = false;    ///< to be posted again when the service next looks

  friend bool operator==(const dead_letter&, const dead_letter&) = default;
};
BOOST_DESCRIBE_STRUCT(dead_letter, (),
                      (id, event, version, content_type, payload, event_id, correlation, causation,
                       source, subject, key, trace, trace_state, time, deadline, depth,
                       subscription, component, reason, detail, attempts, died, redrives, marked))

/// Copies what an envelope says into a letter. `now` and `wall_now`: the same moment.
void set_envelope(dead_letter& to, const envelope& from, time_point now, wall_time wall_now);
/// The envelope to post the event again with: the same ids, time and text, so that dedupe knows
/// it; no deadline, for it has passed or was the reason.
envelope envelope_of(const dead_letter& from);

/// Which letters. Empty fields say nothing; all that are set must fit.
struct dead_letter_filter {
  std::optional<uuid> id;
  std::string subscription;
  std::string event;
  std::string component;
  std::optional<death_reason> reason;
  std::optional<wall_time> died_before;
  std::optional<bool> marked;

  bool fits(const dead_letter& letter) const noexcept;
};

/// An event that was posted again and is remembered, so that the next letter about it counts on.
struct redriven_event {
  uuid event_id;
  std::string subscription;
  unsigned redrives = 0;
  friend bool operator==(const redriven_event&, const redriven_event&) = default;
};
BOOST_DESCRIBE_STRUCT(redriven_event, (), (event_id, subscription, redrives))

/// One line of the file, as JSON.
struct dead_letter_record {
  std::optional<dead_letter> letter{};  ///< added, or in the place of the one with its id
  std::optional<bool> hex{};            ///< its payload is no UTF-8 and written in hex
  std::optional<uuid> gone{};           ///< purged or redriven
  std::optional<redriven_event> redriven{};
};
BOOST_DESCRIBE_STRUCT(dead_letter_record, (), (letter, hex, gone, redriven))

/// Bytes that are no UTF-8 become '?' in every text but the payload.
std::string encode_record(const dead_letter& letter);
std::string encode_gone(const uuid& id, const std::optional<redriven_event>& redriven);
std::string encode_redriven(const redriven_event& e);
/// errc::invalid: not what these functions wrote.
result<dead_letter_record> decode_record(std::string_view text);

}  // namespace ensue
