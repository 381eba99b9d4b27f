#pragma once

#include <ensue/async/task.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/bus/subscription.hpp>
#include <ensue/flow/saga_record.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue {

class bus;

/// Names that a transition may lead to beside the states: the three ends.
inline constexpr std::string_view saga_completed = "completed";
/// Undoes what was done, latest first, and ends there.
inline constexpr std::string_view saga_compensated = "compensated";
inline constexpr std::string_view saga_parked = "parked";

/// What a definition does with an event of a saga that was not started yet, and that its first
/// state does not wait for.
enum class saga_before : std::uint8_t {
  ignore,  ///< counts it and forgets it
  start,   ///< starts the saga and keeps the event until a state waits for it
};

/// Where a saga's events go: its key and what came. Completes when the step is recorded.
using saga_sink = std::function<task<>(std::string key, saga_input in, context& c)>;

struct saga_subscribing {
  std::string name;
  std::size_t capacity = 0;
  unsigned concurrency = 1;
};

/// One event type of a definition, its C++ type erased.
struct saga_event_plan {
  std::string type;
  int version = 1;
  std::function<any_json(const any_json& data, const any_json& event)> keep{};
  std::function<saga_effect(const any_json& data, const any_json& event)> undo{};
  std::string undo_type{};
  std::string confirmed_by{};  ///< the event that tells that the undoing is done; empty: none
  duration confirm_within{};
  std::function<std::string(const any_json& event)> reason{};
  std::function<subscription(bus&, saga_sink, saga_subscribing)> listen{};
};

struct saga_state_plan {
  std::string name;
  std::optional<duration> within{};
  std::string on_timeout{saga_compensated};
  struct effect {
    std::string type;
    std::function<std::optional<saga_effect>(const any_json& data)> make;
  };
  std::vector<effect> effects{};                          ///< published on entering
  std::vector<std::pair<std::string, std::string>> on{};  ///< event type, next state
  std::vector<std::string> join{};                        ///< event types, in any order
  std::string join_target{};

  /// Where the event leads alone; null: nowhere.
  const std::string* target_of(std::string_view type) const noexcept;
  bool joins(std::string_view type) const noexcept;
  bool awaits(std::string_view type) const noexcept { return target_of(type) || joins(type); }
};

/// A saga's definition as data: what the definition's author declared, types erased. Immutable once
/// it is in use; printed, checked and stepped by the functions of this layer.
struct saga_plan {
  std::string name;
  int version = 1;
  saga_before before = saga_before::ignore;
  any_json first_data{};
  std::vector<saga_event_plan> events{};
  std::vector<saga_state_plan> states{};  ///< the first is where a saga begins
  /// How each type of effect is published.
  using publisher = std::function<task<bool>(bus&, saga_effect, uuid root, std::string key)>;
  std::map<std::string, publisher, std::less<>> publishers{};
  /// From an older version's record to this one's. Edits state, data and what else has changed.
  std::map<int, std::function<void(saga_record&)>> migrations{};

  const saga_event_plan* event(std::string_view type) const noexcept;
  const saga_state_plan* state(std::string_view name) const noexcept;
  /// Some state that can follow `from` waits for the event.
  bool awaits_later(std::string_view from, std::string_view type) const;
  /// A saga may stand in it and wait: every state but a first one that the first event leaves.
  bool rests_in(const saga_state_plan& s) const noexcept;

  /// What is wrong with it, one sentence each; empty: nothing.
  std::vector<std::string> faults() const;
  /// For people: one line per state, event and effect.
  std::string text() const;
};

}  // namespace ensue
