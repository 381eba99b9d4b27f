#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/limits.hpp>
#include <ensue/base/result.hpp>
#include <ensue/base/uuid.hpp>
#include <ensue/event/trace.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace ensue {

/// The part of an envelope most events never have: text, and the trace. Immutable once attached and
/// shared by copies of the event, so that a copy costs a reference count and no string.
struct envelope_text {
  std::string source;        ///< who published, a URI reference; empty: this app
  std::string subject;       ///< what it is about, e.g. the topic it was published on
  std::string key;           ///< events of one key stay in order
  std::string type;          ///< the name on the wire; empty: that of the C++ type
  std::string content_type;  ///< empty: application/json
  int version = 0;           ///< of the shape, 0: that of the C++ type
  trace_parent trace;
  std::string trace_state;  ///< W3C tracestate, passed on as it came
};

/// Whether an event happens now or is told again from a log.
enum class replay_mark : std::uint8_t {
  none,
  held_back,     ///< told again; what leaves the process stays in
  with_effects,  ///< told again, on purpose with everything that follows
};

/// What travels with an event besides its payload. A default envelope is free: no allocation, no
/// clock read, no random number. The id is made by `identify` when somebody first asks for it, the
/// text is attached by those who have some. Not thread-safe; hand it over with its event.
struct envelope {
  uuid id;                      ///< nil until asked for; version 7
  uuid correlation;             ///< id of the root event of the chain; nil: this is the root
  uuid causation;               ///< id of the event this one was caused by; nil: this is the root
  wall_time time{};             ///< of publishing; set together with the id
  time_point deadline = never;  ///< an event not begun by then is expired
  std::uint32_t depth = 0;      ///< hops from the root event
  replay_mark replay = replay_mark::none;     ///< what is caused by a replayed event is one, too
  std::shared_ptr<const envelope_text> text;  ///< null: all defaults

  /// The id, made now if there is none yet. `now` becomes the event's time if that is not set.
  const uuid& identify(uuid_source& ids, wall_time now) noexcept {
    if (id.nil()) [[unlikely]] {
      if (time == wall_time{}) time = now;
      id = ids.next(now);
    }
    return id;
  }

  /// The id that all events of this chain share; nil as long as a root has no id.
  const uuid& root() const noexcept { return correlation.nil() ? id : correlation; }

  bool expired(time_point now) const noexcept { return now >= deadline; }

  /// The text to read, never null.
  const envelope_text& details() const noexcept;

  /// Replaces the text by a copy that `change` has edited.
  template <class Change>
  void edit(Change&& change) {
    auto copy = std::make_shared<envelope_text>(details());
    change(*copy);
    text = std::move(copy);
  }

  /// The envelope of an event caused by this one: correlation and causation point here, one deeper,
  /// the deadline and the trace are inherited; subject, key and type are not. This envelope gets
  /// its id if it has none. errc::too_deep when the child would be deeper than `depth_max`.
  result<envelope> cause(uuid_source& ids, wall_time now,
                         std::uint32_t depth_max = limits::event_depth_max);
};

}  // namespace ensue
