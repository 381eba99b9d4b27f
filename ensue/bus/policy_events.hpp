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

}  // namespace ensue
