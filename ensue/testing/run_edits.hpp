#pragma once

#include <ensue/base/result.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace ensue::testing {

/// What a replay changes in the run of a seed: only these faults may happen, and these sizes are
/// given instead of drawn. As text, as the shrinker prints and `--faults` reads it:
/// "crash:pay#1,drop:shop.broker#3,orders=2"; "none" allows no fault.
struct run_edits {
  std::set<std::string, std::less<>> faults{};
  std::map<std::string, std::uint64_t, std::less<>> sizes{};

  std::string text() const;
  /// errc::invalid: an empty entry, or a size that is no number.
  static result<run_edits> parse(std::string_view text);
  friend bool operator==(const run_edits&, const run_edits&) = default;
};

}  // namespace ensue::testing
