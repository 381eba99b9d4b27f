#include <ensue/flow/cron.hpp>

#include <algorithm>
#include <bit>

namespace ensue {
namespace {

using namespace std::chrono;

constexpr sys_seconds first_moment = sys_days{year{1678} / January / 1};
constexpr sys_seconds last_moment = sys_days{year{2262} / January / 1};
// A fifth Friday of February comes once in 28 years, and once in 40 around 2100.
constexpr std::uint32_t all_hours = (1U << 24) - 1;
constexpr seconds horizon = days{40 * 365 + 11};

/// The first set bit from `from` on; 64 when there is none.
constexpr int bit_from(std::uint64_t bits, int from) noexcept {
  return from > 63 ? 64 : std::countr_zero(bits >> from << from);
}

}  // namespace

bool detail::cron_fields::has_day(const year_month_day& date) const {
  const auto n = static_cast<unsigned>(date.day());
  const auto last =
      static_cast<unsigned>(year_month_day_last{date.year(), month_day_last{date.month()}}.day());
  const unsigned week = weekday{sys_days{date}}.c_encoding();
  const unsigned marks = nth[week];
  const bool by_day = (day_set >> n & 1) != 0 || (last_day && n == last);
  const bool by_week = (weekday_set >> week & 1) != 0 || (marks >> (n + 6) / 7 & 1) != 0 ||
                       ((marks & 1) != 0 && n + 7 > last);
  return any_day || any_weekday ? by_day && by_week : by_day || by_week;
}

std::optional<seconds> detail::cron_fields::time_from(seconds of_day) const {
  const hours h = floor<hours>(of_day);
  const minutes m = floor<minutes>(of_day) - h;
  const seconds s = of_day - h - m;
  const hours hour{bit_from(hour_set, static_cast<int>(h.count()))};
  if (hour > 23h) return std::nullopt;
  if (hour != h) return time_from(hour);
  const minutes minute{bit_from(minute_set, static_cast<int>(m.count()))};
  if (minute > 59min) return time_from(h + 1h);
  if (minute != m) return time_from(h + minute);
  const seconds second{bit_from(second_set, static_cast<int>(s.count()))};
  if (second > 59s) return time_from(h + m + 1min);
  return h + m + second;
}

auto cron::next_local(local_seconds from, local_seconds until) const
    -> std::optional<local_seconds> {
  seconds of_day = from - floor<days>(from);
  for (sys_days day = floor<days>(from); day < until; of_day = 0s) {
    const year_month_day date{day};
    if ((fields_.month_set >> static_cast<unsigned>(date.month()) & 1) == 0) {
      day = sys_days{(date.year() / date.month() + months{1}) / 1};
      continue;
    }
    if (fields_.has_day(date)) {
      const auto found = fields_.time_from(of_day);
      if (found) return day + *found < until ? std::optional{day + *found} : std::nullopt;
    }
    day += days{1};
  }
  return std::nullopt;
}

std::optional<sys_seconds> cron::next_in(const time_zone::period& p, sys_seconds from,
                                         sys_seconds until) const {
  local_seconds begin = from + p.offset;
  if (change_ == daylight::once && fields_.hour_set != all_hours) {
    const seconds before = zone_.at(p.begin - 1s).offset;
    const local_seconds change = p.begin + before;  // what the clock read when it was changed
    if (before < p.offset && from == p.begin && next_local(change, p.begin + p.offset))
      return p.begin;
    if (before > p.offset) begin = std::max(begin, change);
  }
  const auto found = next_local(begin, until + p.offset);
  if (!found) return std::nullopt;
  return *found - p.offset;
}

std::optional<wall_time> cron::next(wall_time after) const {
  sys_seconds from = std::max(floor<seconds>(after) + 1s, first_moment);
  const sys_seconds end = std::min(from + horizon, last_moment);
  if (every_ != 0s) {
    const sys_seconds then = from - 1s + every_;
    return then < last_moment ? std::optional<wall_time>{then} : std::nullopt;
  }
  while (from < end) {
    const time_zone::period p = zone_.at(from);
    const sys_seconds until = std::min(p.end, end);
    if (const auto found = next_in(p, from, until)) return *found;
    from = until;
  }
  return std::nullopt;
}

bool cron::matches(wall_time time) const {
  return every_ == 0s && time > first_moment && next(time - 1ns) == time;
}

}  // namespace ensue
