#pragma once

#include <string>

namespace ensue {

/// Emitted on the bus when the breaker of a subscription changes its state.
struct breaker_changed {
  static constexpr const char* event_name = "ensue.breaker.changed";
  std::string subscription;
  std::string from, to;  ///< closed, open, half open
  std::string reason;
};

/// Emitted on the bus when a subscription has given an event up and it is kept (or could not be).
/// A handler of this event that fails causes no further one.
struct event_dead {
  static constexpr const char* event_name = "ensue.event.dead";
  std::string subscription;
  std::string event;   ///< its name
  std::string id;      ///< of the event
  std::string letter;  ///< id of the dead letter; empty: nobody keeps one
  std::string reason;  ///< exhausted, permanent, expired, …
  std::string error;   ///< the last attempt's
  unsigned attempts = 0;
};

}  // namespace ensue
