#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/flow/time_zone.hpp>

#include <boost/system/result.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ensue {

/// What is wrong with a cron expression, and where.
struct cron_error {
  std::string field;         ///< "minute"; "zone", "descriptor" or "expression" for the rest
  std::string text;          ///< the part that is wrong, as written
  std::size_t position = 0;  ///< of that part in the expression, counted from 1
  std::string message;       ///< `expected a number from 0 to 59`

  /// `minute "60" at 1: expected a number from 0 to 59`
  std::string what() const;
};

[[noreturn]] inline void throw_exception_from_error(const cron_error& error,
                                                    const boost::source_location&) {
  throw std::invalid_argument{error.what()};
}

template <class T>
using cron_result = boost::system::result<T, cron_error>;

namespace detail {

/// The values that match; bit n stands for the value n.
struct cron_fields {
  std::uint64_t second_set = 1, minute_set = 0;
  std::uint32_t hour_set = 0, day_set = 0, month_set = 0, weekday_set = 0;
  std::array<std::uint8_t, 7> nth{};  ///< per day of the week; bit 0: the last of the month
  bool last_day = false;
  bool any_day = false, any_weekday = false;

  bool has_day(const std::chrono::year_month_day& date) const;
  /// The first time of day from `of_day` on.
  std::optional<std::chrono::seconds> time_from(std::chrono::seconds of_day) const;
};

}  // namespace detail

/// What becomes of times of day that a clock change skips or repeats.
enum class daylight : std::uint8_t {
  /// A moment fires when the clock on the wall reads a matching time: a skipped time does not fire
  /// that day, a repeated one fires twice (robfig/cron).
  as_read,
  /// For expressions that name hours: a skipped time fires at the moment of the change, a repeated
  /// one only the first time, so that what is daily happens once a day (Vixie cron). With `*` as
  /// the hour: as_read.
  once,
};

struct cron_options {
  time_zone zone{};  ///< where the expression names none
  daylight change = daylight::as_read;
};

/// When to do something, in five or six fields. The dialect is that of robfig/cron v3 with an
/// optional field for seconds, made stricter where a text is surely a mistake, plus Quartz's L and
/// #.
///
///     [TZ=Europe/Berlin ] [second] minute hour day-of-month month day-of-week
///
/// - Fields: second 0-59 (0 when there are five fields), minute 0-59, hour 0-23, day 1-31, month
/// 1-12
///   or JAN-DEC, day of week 0-7 or SUN-SAT (0 and 7 are Sunday). Names in either case.
/// - `*` every value; `?` the same, for the two day fields only. `a-b` a rising range, `a,b` a
/// list,
///   `*` `/n` and `a-b/n` every n-th of them, `a/n` every n-th from a to the end of the field.
/// - `L` as a day of the month: the last one. `FRIL`, `5L`: the last Friday of the month. `FRI#2`,
///   `5#2`: the second one.
/// - Days: when both day fields are restricted a day matches if either does, else if both do. `*`
///   and `?` are unrestricted, `*` `/2` is restricted.
/// - `@yearly` (`@annually`), `@monthly`, `@weekly`, `@daily` (`@midnight`), `@hourly`;
///   `@every 1h30m`: that time after the last one, in h, m and s, whole seconds.
/// - `TZ=` or `CRON_TZ=` in front: the zone the fields are read in.
/// - Refused: a list that names a value twice (`0,0`, `0,7`), a step of 0 or longer than the field
///   (`*` `/90`), falling ranges, `W`, `H`, `@reboot`, years.
///
/// Threads: immutable; any.
class cron {
 public:
  /// Errors: the field, the text and its position; never retry.
  static cron_result<cron> parse(std::string_view expression, const cron_options& options = {});

  /// The first moment later than `after`, on a full second; none when there is none within 40
  /// years (30 February) or before 2262.
  /// Cost: about a microsecond; finding out that there is none, less than a millisecond.
  std::optional<wall_time> next(wall_time after) const;
  /// Does it fire at that moment? Always false for `@every`, which has no moments of its own.
  bool matches(wall_time time) const;

  const std::string& text() const noexcept { return text_; }
  const time_zone& zone() const noexcept { return zone_; }
  daylight change() const noexcept { return change_; }
  /// The interval of `@every`, else 0.
  std::chrono::seconds every() const noexcept { return every_; }

  static constexpr std::size_t text_max = 256;  ///< characters of an expression

 private:
  using local_seconds = std::chrono::sys_seconds;  // what the clock on the wall reads

  std::optional<local_seconds> next_local(local_seconds from, local_seconds until) const;
  std::optional<std::chrono::sys_seconds> next_in(const time_zone::period& p,
                                                  std::chrono::sys_seconds from,
                                                  std::chrono::sys_seconds until) const;

  std::string text_;
  time_zone zone_;
  std::chrono::seconds every_{};
  detail::cron_fields fields_;
  daylight change_ = daylight::as_read;
};

}  // namespace ensue
