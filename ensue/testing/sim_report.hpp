#pragma once

#include <ensue/testing/search.hpp>

#include <string>
#include <string_view>

namespace ensue::testing {

/// The result of one search with how long it took, as the runner prints it.
struct sim_report {
  std::string scenario{};
  std::string planted{};
  const search_result& found;
  duration took{};

  double seeds_per_second() const noexcept;
  /// "s01 2000 seeds, 21500/s, 1998 distinct, 260 k steps, 0.002 virtual years: ok"; with a planted
  /// bug "found at seed 26" or "NOT FOUND".
  std::string line() const;
  /// The same and the report of a failure, as one JSON object.
  std::string json() const;
  /// "fault sites: a.b 120 fired of 3000" and so on; empty when there are none.
  std::string sites() const;
};

}  // namespace ensue::testing
