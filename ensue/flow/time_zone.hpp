#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace ensue {

/// The rules by which people in a place set their clocks: UTC, a fixed offset, or a name of the
/// system's zone database ("Europe/Berlin"). A value; copies are cheap.
///
/// Limits:  Changes of the clock are known from the zone files, in Debian up to 2037; later years
///          repeat the pattern of the 28 years before (exact until February 2100 as long as the law
///          stays). Files that hold only a rule for the future ("slim") are not enough.
/// Threads: any; the database is read at the first name and never changes afterwards.
/// Cost:    the first `named` reads the list of zones (about 8 ms); `at` takes about 200 ns.
class time_zone {
 public:
  /// A span of time with one offset.
  struct period {
    std::chrono::sys_seconds begin;  ///< the first second of it
    std::chrono::sys_seconds end;    ///< the first second after it
    std::chrono::seconds offset;     ///< local time - UTC
  };

  /// UTC.
  time_zone() = default;
  /// East of Greenwich is positive; whole minutes, less than a day either way.
  static time_zone fixed(std::chrono::seconds offset);
  /// Reads what `name` returns. errc::not_found: no zone of that name, or the system has no zone
  /// database (Debian: tzdata).
  static result<time_zone> named(std::string_view name);

  /// The period that `time` is in.
  period at(std::chrono::sys_seconds time) const;
  /// "UTC", "+05:30", or the name.
  const std::string& name() const noexcept { return name_; }

 private:
  std::string name_ = "UTC";
  std::chrono::seconds offset_{};
  const void* rules_ = nullptr;  // of the library's database, which lasts as long as the program
};

}  // namespace ensue
