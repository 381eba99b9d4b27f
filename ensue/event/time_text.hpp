#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace ensue {

/// RFC 3339 in UTC: `2024-08-08T00:00:00.25Z`, as many digits as needed, none for a full second.
std::string time_text(wall_time time);

/// Reads RFC 3339: any offset, `t` and `z` in either case, up to nine digits of a second.
/// errc::invalid for anything else, a leap second included, and for times that wall_time cannot
/// hold (1677 to 2262).
result<wall_time> parse_time(std::string_view text) noexcept;

/// ISO 8601 in seconds: `PT1.5S`, `-PT90S`, `PT0S`. `count` times `nanos` must be the duration.
std::string duration_text(std::int64_t count, std::int64_t nanos);

/// Reads ISO 8601 weeks, days, hours, minutes and seconds (`P1DT2H`, `P2W`, `-PT0.5S`); years and
/// months have no fixed length and are refused; a fraction is allowed on the seconds only, of up to
/// nine digits. The count is in units of `nanos`; errc::invalid when that is not exact or too big.
result<std::int64_t> parse_duration(std::string_view text, std::int64_t nanos) noexcept;

}  // namespace ensue
