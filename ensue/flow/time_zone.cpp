#include <ensue/base/assert.hpp>
#include <ensue/flow/time_zone.hpp>

#include <cstdlib>
#include <date/tz.h>
#include <optional>
#include <stdexcept>

namespace ensue {
namespace {

using namespace std::chrono;

constexpr sys_seconds table_end = sys_days{year{2037} / January / 1};
constexpr sys_seconds past_table = sys_days{year{2039} / January / 1};
constexpr sys_seconds far_past = sys_days{year{1} / January / 1};
constexpr sys_seconds far_future = sys_days{year{9999} / January / 1};
// After 28 years dates fall on the same days of the week, unless a century is in between.
constexpr days pattern{28 * 365 + 7};

std::string offset_text(seconds offset) {
  const char sign = offset < 0s ? '-' : '+';
  const long minutes = std::abs(static_cast<long>(offset.count())) / 60;
  const auto two = [](long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return sign + two(minutes / 60) + ":" + two(minutes % 60);
}

/// `+05:30`
std::optional<seconds> read_offset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto two = [&](std::size_t at) {
    const int tens = text[at] - '0', ones = text[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 99 : tens * 10 + ones;
  };
  if (two(1) > 23 || two(4) > 59) return std::nullopt;
  const seconds offset = hours{two(1)} + minutes{two(4)};
  return text[0] == '-' ? -offset : offset;
}

time_zone::period period_at(const date::time_zone& rules, sys_seconds time) {
  const date::sys_info found = rules.get_info(time);
  return {std::max(found.begin, far_past), std::min(found.end, far_future), found.offset};
}

}  // namespace

time_zone time_zone::fixed(seconds offset) {
  ENSUE_ASSERT(offset > -24h && offset < 24h && offset % 60 == 0s,
               "an offset is less than a day, in minutes");
  time_zone zone;
  zone.offset_ = offset;
  if (offset != 0s) zone.name_ = offset_text(offset);
  return zone;
}

result<time_zone> time_zone::named(std::string_view name) {
  if (name == "UTC") return time_zone{};
  if (const auto offset = read_offset(name)) return fixed(*offset);
  try {
    time_zone zone;
    zone.rules_ = date::locate_zone(name);
    zone.name_ = name;
    return zone;
  } catch (const std::exception&) {
    return make_error_code(errc::not_found);
  }
}

time_zone::period time_zone::at(sys_seconds time) const {
  if (rules_ == nullptr) return {far_past, far_future, offset_};
  const auto& rules = *static_cast<const date::time_zone*>(rules_);
  const period last = period_at(rules, time);
  if (last.end < far_future || last.begin < table_end || last.begin >= past_table) return last;
  // The clocks were changed to the end of the table: the same law goes on.
  const auto cycles = (time - last.begin) / pattern + 1;
  period then = period_at(rules, time - cycles * pattern);
  then.begin += cycles * pattern;
  then.end += cycles * pattern;
  return then;
}

}  // namespace ensue
