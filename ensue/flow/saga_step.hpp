#pragma once

#include <ensue/flow/saga_plan.hpp>

#include <optional>
#include <string_view>

namespace ensue {

/// What an input did to a saga. All but the first two leave it as it was: nothing to record.
enum class saga_verdict : std::uint8_t {
  stepped,    ///< moved it, or completed a part of a join
  kept,       ///< came early: recorded for a later state
  duplicate,  ///< its id, or what it tells, is known already
  before_start,
  late,        ///< came after the end
  unexpected,  ///< no state from here on waits for it, or too many came early
  refused,     ///< a command that does not fit, a time-out that is not due
};
BOOST_DESCRIBE_ENUM(saga_verdict, stepped, kept, duplicate, before_start, late, unexpected, refused)

struct saga_outcome {
  saga_verdict verdict = saga_verdict::refused;
  std::optional<saga_record> next{};  ///< the saga after it, to be recorded; for the first two
};

/// The whole logic of sagas: one input against one definition. Pure: the same record, input and
/// time give the same outcome, which is what golden histories rest on. `before` is null for a saga
/// that is not known. What a user's function throws parks the saga; the event is kept for a resume.
saga_outcome saga_step(const saga_plan& plan, const saga_record* before, std::string_view key,
                       const saga_input& in, wall_time now);

}  // namespace ensue
