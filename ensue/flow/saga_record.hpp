#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/uuid.hpp>
#include <ensue/flow/saga_json.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// Where a saga's life stands.
enum class saga_phase : std::uint8_t {
  live,         ///< waits for events in a state
  undoing,      ///< waits for the confirmation that a step was undone
  completed,    ///< ended well
  compensated,  ///< failed or timed out, and what had been done was undone
  parked,       ///< waits for a person; the reason says why
};
BOOST_DESCRIBE_ENUM(saga_phase, live, undoing, completed, compensated, parked)

enum class saga_cause : std::uint8_t {
  event,
  timeout,     ///< the state's time is over
  resume,      ///< a person: wait again where it was parked
  compensate,  ///< a person: undo what was done; an unconfirmed undoing counts as done
  abandon,     ///< a person: it stays parked for ever
};
BOOST_DESCRIBE_ENUM(saga_cause, event, timeout, resume, compensate, abandon)

/// What a step of a saga answers. An event with its id, or a time-out or command without one.
struct saga_input {
  saga_cause cause = saga_cause::event;
  std::optional<uuid> id{};
  std::optional<std::string> type{};
  std::optional<int> version{};
  std::optional<any_json> event{};
  std::optional<uuid> root{};         ///< of the event's chain
  std::optional<std::string> note{};  ///< of a person
};
BOOST_DESCRIBE_STRUCT(saga_input, (), (cause, id, type, version, event, root, note))

/// An event that is published. The id is derived from saga, step and place: the same after a crash.
struct saga_effect {
  uuid id;
  std::string type;
  int version = 1;
  any_json event;
};
BOOST_DESCRIBE_STRUCT(saga_effect, (), (id, type, version, event))

/// An event that the saga has taken in and still needs.
struct saga_taken {
  uuid id;
  std::string type;
  int version = 1;
  any_json event;
};
BOOST_DESCRIBE_STRUCT(saga_taken, (), (id, type, version, event))

/// One step of one saga, and all there is to know of the saga after it: the newest record is the
/// saga. Written before the step takes effect. One line of a golden history is one record.
struct saga_record {
  std::string saga;        ///< the definition's name
  int version = 1;         ///< the definition's version
  std::string key;         ///< what its events have in common
  uuid id;                 ///< derived from name, key and first event
  uuid root;               ///< of the chain of its first event: correlates its effects
  std::uint64_t step = 0;  ///< 1, 2, 3 …
  wall_time at{};          ///< of this step
  saga_input in;
  std::string state;
  saga_phase phase = saga_phase::live;
  std::optional<std::string> reason{};  ///< why it was undone or parked
  bool abandoned = false;
  std::optional<wall_time> deadline{};               ///< of the state, or of the undoing
  any_json data;                                     ///< the user's struct
  std::vector<std::string> joined;                   ///< types that the state's join has seen
  std::vector<std::string> took;                     ///< types that have moved the saga so far
  std::vector<saga_taken> done;                      ///< steps that can be undone, oldest first
  std::optional<saga_taken> undoing{};               ///< waits to be confirmed
  std::vector<saga_taken> early;                     ///< events that a later state waits for
  std::vector<uuid> seen;                            ///< the latest event ids, to know a duplicate
  std::vector<saga_effect> effects;                  ///< what this step publishes
  std::optional<std::vector<saga_effect>> unsent{};  ///< of earlier steps, perhaps not published

  bool ended() const noexcept {
    return phase == saga_phase::completed || phase == saga_phase::compensated || abandoned;
  }
};
BOOST_DESCRIBE_STRUCT(saga_record, (),
                      (saga, version, key, id, root, step, at, in, state, phase, reason, abandoned,
                       deadline, data, joined, took, done, undoing, early, seen, effects, unsent))

namespace saga_limits {
inline constexpr std::size_t early_events = 16;  ///< kept for later states, per saga
inline constexpr std::size_t seen_ids = 64;      ///< remembered per saga
inline constexpr std::size_t live_sagas = 10'000;
inline constexpr std::size_t ended_sagas = 10'000;  ///< remembered, to know late events
}  // namespace saga_limits

/// An id that the same text always has: version 8 of RFC 9562, 122 bits of two 64-bit mixes. Not a
/// cryptographic one: who may choose keys freely may make two ids collide.
uuid derived_id(std::string_view text) noexcept;

}  // namespace ensue
