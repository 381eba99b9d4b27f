#include <ensue/event/time_text.hpp>

#include <cstdio>
#include <limits>

namespace ensue {
namespace {

__extension__ using wide = __int128;  // nanoseconds of any int64 count of weeks

constexpr std::int64_t second = 1'000'000'000;

/// Appends `.25` for a quarter; nothing for a full second.
void append_fraction(std::string& out, std::int64_t nanos) {
  if (nanos == 0) return;
  std::string digits = std::to_string(second + nanos);
  digits[0] = '.';
  out += digits.substr(0, digits.find_last_not_of('0') + 1);
}

/// Takes exactly `n` digits off the front.
bool take_digits(std::string_view& text, std::size_t n, int& out) noexcept {
  if (text.size() < n) return false;
  out = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(n);
  return true;
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The digits after the point, as nanoseconds. At least one, at most nine.
bool take_fraction(std::string_view& text, std::int64_t& nanos) noexcept {
  std::size_t digits = 0;
  nanos = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    if (++digits > 9) return false;
    nanos = nanos * 10 + (text[0] - '0');
  }
  for (std::size_t i = digits; i < 9; ++i) nanos *= 10;
  return digits != 0;
}

bool take_offset(std::string_view& text, std::chrono::minutes& offset) noexcept {
  if (take(text, 'Z') || take(text, 'z')) return text.empty();
  const bool minus = take(text, '-');
  int hours = 0, minutes = 0;
  if (!minus && !take(text, '+')) return false;
  if (!take_digits(text, 2, hours) || !take(text, ':') || !take_digits(text, 2, minutes))
    return false;
  offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  if (minus) offset = -offset;
  return text.empty() && hours < 24 && minutes < 60;
}

bool take_date(std::string_view& text, std::chrono::sys_days& day) noexcept {
  int y = 0, m = 0, d = 0;
  if (!take_digits(text, 4, y) || !take(text, '-') || !take_digits(text, 2, m) ||
      !take(text, '-') || !take_digits(text, 2, d))
    return false;
  const std::chrono::year_month_day date{std::chrono::year{y},
                                         std::chrono::month{static_cast<unsigned>(m)},
                                         std::chrono::day{static_cast<unsigned>(d)}};
  day = date;
  return date.ok();
}

bool fits(wide n) noexcept {
  return n >= std::numeric_limits<std::int64_t>::min() &&
         n <= std::numeric_limits<std::int64_t>::max();
}

/// Seconds that `letter` stands for, in the date or the time half; 0 when it may not be there.
std::int64_t unit_of(char letter, bool in_time) noexcept {
  switch (letter) {
    case 'W': return in_time ? 0 : 604'800;
    case 'D': return in_time ? 0 : 86'400;
    case 'H': return in_time ? 3600 : 0;
    case 'M': return in_time ? 60 : 0;
    case 'S': return in_time ? 1 : 0;
    default: return 0;
  }
}

/// Takes `12H` or `1.5S` and adds it, in nanoseconds. `unit` must fall from part to part.
bool take_part(std::string_view& text, bool in_time, std::int64_t& unit, wide& nanos) noexcept {
  wide count = 0;
  std::int64_t fraction = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    if (++digits > 23) return false;  // no sum of parts overflows
    count = count * 10 + (text[0] - '0');
  }
  const bool point = take(text, '.');
  if (digits == 0 || (point && !take_fraction(text, fraction)) || text.empty()) return false;
  const std::int64_t mine = unit_of(text[0], in_time);
  text.remove_prefix(1);
  if (mine == 0 || mine >= unit || (point && mine != 1)) return false;
  unit = mine;
  nanos += count * mine * second + fraction;
  return true;
}

}  // namespace

std::string time_text(wall_time time) {
  const std::int64_t nanos = time.time_since_epoch().count();
  std::int64_t fraction = nanos % second;  // by hand: chrono overflows next to the ends
  if (fraction < 0) fraction += second;
  const std::chrono::sys_seconds whole{
      std::chrono::seconds{nanos / second - (nanos % second < 0 ? 1 : 0)}};
  const auto day = std::chrono::floor<std::chrono::days>(whole);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{whole - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string out = text;
  append_fraction(out, fraction);
  return out += 'Z';
}

result<wall_time> parse_time(std::string_view text) noexcept {
  std::chrono::sys_days day;
  std::chrono::minutes offset{0};
  int h = 0, m = 0, s = 0;
  std::int64_t fraction = 0;
  if (!take_date(text, day) || !(take(text, 'T') || take(text, 't'))) return errc::invalid;
  if (!take_digits(text, 2, h) || !take(text, ':') || !take_digits(text, 2, m) ||
      !take(text, ':') || !take_digits(text, 2, s) || h > 23 || m > 59 || s > 59)
    return errc::invalid;
  if (take(text, '.') && !take_fraction(text, fraction)) return errc::invalid;
  if (!take_offset(text, offset)) return errc::invalid;
  const auto whole = std::chrono::seconds{day.time_since_epoch()} + std::chrono::hours{h} +
                     std::chrono::minutes{m} + std::chrono::seconds{s} - offset;
  const wide nanos = static_cast<wide>(whole.count()) * second + fraction;
  if (!fits(nanos)) return errc::invalid;
  return wall_time{std::chrono::nanoseconds{static_cast<std::int64_t>(nanos)}};
}

std::string duration_text(std::int64_t count, std::int64_t nanos) {
  const wide total = static_cast<wide>(count) * nanos;
  const wide size = total < 0 ? -total : total;
  std::string seconds;  // std::to_string knows no 128 bits
  wide left = size / second;
  do seconds.insert(seconds.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
  while ((left /= 10) != 0);
  std::string out = total < 0 ? "-PT" : "PT";
  out += seconds;
  append_fraction(out, static_cast<std::int64_t>(size % second));
  return out += 'S';
}

result<std::int64_t> parse_duration(std::string_view text, std::int64_t nanos) noexcept {
  const bool minus = take(text, '-');
  if (!take(text, 'P') || text.empty()) return errc::invalid;
  wide total = 0;
  std::int64_t unit = std::numeric_limits<std::int64_t>::max();
  bool in_time = false;
  while (!text.empty()) {
    if (!in_time && take(text, 'T')) in_time = true;
    if (!take_part(text, in_time, unit, total)) return errc::invalid;
  }
  if (minus) total = -total;
  if (total % nanos != 0 || !fits(total / nanos)) return errc::invalid;
  return static_cast<std::int64_t>(total / nanos);
}

}  // namespace ensue
