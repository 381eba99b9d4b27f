#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/log.hpp>

#include <span>
#include <string>
#include <string_view>

namespace ensue {

std::string_view text(log_level level) noexcept;

/// `message name=value name="two words"`; control characters are escaped, so a line is a line.
std::string text_log_line(std::string_view message, std::span<const log_field> fields);

/// One JSON object: time (RFC 3339, UTC), level, app, message, then the fields. A field whose name
/// is one of those four gets a `_` before it. Text that is no UTF-8 passes as it is.
std::string json_log_line(wall_time at, std::string_view app, log_level level,
                          std::string_view message, std::span<const log_field> fields);

}  // namespace ensue
