#pragma once

#include <ensue/conformance/report.hpp>
#include <ensue/conformance/stage.hpp>

#include <span>
#include <string>
#include <string_view>

namespace ensue::conformance {

/// One promise, tried. Coroutines over a `stage`; they fail by `stage::check` and what they throw.
struct test_case {
  std::string_view name{};
  /// What must be there, space by space: a flag ("groups"), the absence of one ("!groups"), a hook
  /// of the subject ("restart_server").
  std::string_view needs{};
  /// The rows of Watermill's behaviour that it shows: "pubsub/TestTopic"; several, space by space.
  std::string_view rows{};
  task<> (*body)(stage&) = nullptr;
};

/// All of them.
std::span<const test_case> cases();

/// Why it does not run against this subject; empty: it runs.
std::string excuse(const test_case& c, const subject& s, const transport_features& f);

/// Runs the cases whose name contains `part`, one after the other, each on a space of its own.
/// Cancellation: ends the case that runs, throws. Errors: none; they are in the report.
task<report> run(subject& s, std::string part = {});
/// One case, whatever it needs. Cancellation: Errors: as above.
task<case_result> run_case(subject& s, const test_case& c);

}  // namespace ensue::conformance
