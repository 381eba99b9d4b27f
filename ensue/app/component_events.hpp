#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What the registry tells on the bus, in place (`emit`). Subscribe with `.exempt = true` to hear
/// them while the kill switch is on.
namespace ensue {

struct component_started {
  static constexpr std::string_view event_name = "ensue.component_started";
  std::string component;
};
/// Its start, its run or its stop threw.
struct component_failed {
  static constexpr std::string_view event_name = "ensue.component_failed";
  std::string component;
  std::string step;  ///< "start", "run", "stop", "stop_intake"
  std::string error;
  bool critical = false;
};
struct component_restarting {
  static constexpr std::string_view event_name = "ensue.component_restarting";
  std::string component;
  std::uint32_t attempt = 0;  ///< within the policy's window, from 1
  std::int64_t after_ms = 0;
};
/// The restart policy is exhausted: it stays down, the service goes on.
struct component_given_up {
  static constexpr std::string_view event_name = "ensue.component_given_up";
  std::string component;
};
/// A step outlived its deadline: it was cancelled and passed over.
struct component_hung {
  static constexpr std::string_view event_name = "ensue.component_hung";
  std::string component;
  std::string step;
};
struct component_stopped {
  static constexpr std::string_view event_name = "ensue.component_stopped";
  std::string component;
};

}  // namespace ensue
