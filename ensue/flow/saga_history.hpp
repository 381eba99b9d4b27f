#pragma once

#include <ensue/flow/saga_plan.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// One record as a line of JSON, the members in their declared order. Throws std::invalid_argument
/// for data that has no JSON form (text that is not UTF-8).
std::string saga_record_text(const saga_record& r);
/// The error names the place in the text.
json_result<saga_record> parse_saga_record(std::string_view text);

/// A golden history: the records of one saga, one a line, as `sagas::history` gives them. Feeds the
/// inputs of the lines (events, time-outs and commands, with their times) to the definition of the
/// same name and version among `plans`, and compares the records that come out.
///
/// Returns nothing when all are the same; else the first line that differs, with what the
/// definition does now and what the line says. No side effects.
std::optional<std::string> replay_saga_history(
    std::string_view lines, const std::vector<std::shared_ptr<const saga_plan>>& plans);

}  // namespace ensue
