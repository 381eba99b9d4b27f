#pragma once

#include <ensue/async/timer.hpp>
#include <ensue/base/result.hpp>
#include <ensue/base/uuid.hpp>
#include <ensue/flow/cron.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// When the ticks of a schedule are due.
///
/// `after` and the intervals follow the steady clock: setting the wall clock does not move them.
/// `at` and `on` follow the wall clock. Across a restart all of them go by the wall clock.
class timing {
 public:
  enum class kind : std::uint8_t { after, at, fixed_rate, fixed_delay, cron };

  /// Once, that long after the schedule was made.
  static timing after(duration d);
  /// Once, when the wall clock reads that.
  static timing at(wall_time when);
  /// Tick k at start + k * period, however long the work takes: no drift. Period > 0.
  static timing fixed_rate(duration period);
  /// A period from the end of one tick's work to the next tick. Period > 0.
  static timing fixed_delay(duration period);
  /// When the expression says; `@every` is a fixed rate.
  static timing on(cron expression);

  kind what() const noexcept { return kind_; }
  bool follows_wall_clock() const noexcept { return kind_ == kind::at || kind_ == kind::cron; }
  bool repeats() const noexcept { return kind_ != kind::after && kind_ != kind::at; }

  /// The first tick of a schedule made at `start`; none: it never comes.
  std::optional<wall_time> first(wall_time start) const;
  /// The tick after the one at `tick`; for `fixed_delay` that of work that ends at `tick`.
  std::optional<wall_time> next(wall_time tick) const;
  /// The last tick in [due, now], and how many there are from `due` on, for cron counted up to
  /// `count_max` only. `due` must be a tick and not later than `now`.
  struct span {
    wall_time newest;
    std::uint64_t count;
  };
  span until_now(wall_time due, wall_time now, std::uint64_t count_max) const;

  /// What `parse` reads: `after PT5S`, `at 2026-01-01T00:00:00Z`, `every PT5S`, `pause PT5S`,
  /// `cron TZ=Europe/Berlin 0 3 * * *`, `cron-once …` for daylight::once.
  std::string text() const;
  /// errc::invalid: not such a text.
  static result<timing> parse(std::string_view text);

 private:
  kind kind_ = kind::after;
  duration period_{};
  wall_time when_{};
  std::optional<cron> cron_;
};

/// What becomes of a tick that is due while the last one's work is not done.
enum class overlap : std::uint8_t {
  allow,  ///< both at once, up to the scheduler's limit
  skip,   ///< left out and counted
};
BOOST_DESCRIBE_ENUM(overlap, allow, skip)
BOOST_DESCRIBE_ENUM(catch_up, skip, once, all)

/// The id of the event of a tick: the same for the same schedule and time, so that a tick that is
/// published again after a crash can be told. UUID version 8: 48 bits of Unix milliseconds, 12 bits
/// of the rest of the millisecond, 62 bits of a hash of schedule and time.
uuid tick_id(std::string_view schedule, wall_time due) noexcept;

}  // namespace ensue
