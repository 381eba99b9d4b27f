#pragma once

#include <ensue/base/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::conformance {

enum class outcome : std::uint8_t { passed, failed, skipped };
std::string_view name_of(outcome o) noexcept;

struct case_result {
  std::string name;
  outcome is = outcome::passed;
  std::vector<std::string> faults{};  ///< of a failed one: a sentence each
  std::string excuse{};               ///< of a skipped one: the flag or the hook
  duration took{};
};

/// What a run of the suite found.
struct report {
  std::string transport;  ///< its name
  std::vector<case_result> cases{};

  std::size_t count(outcome o) const noexcept;
  /// Nothing failed, and something ran.
  bool passed() const noexcept { return count(outcome::failed) == 0 && count(outcome::passed) > 0; }
  /// A line a case, the faults below it, the sum at the end.
  std::string text() const;
  /// One object: transport, passed, failed, skipped, cases (name, outcome, faults, excuse, ms).
  std::string json() const;
};

}  // namespace ensue::conformance
