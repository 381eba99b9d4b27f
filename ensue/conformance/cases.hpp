#pragma once

#include <ensue/conformance/suite.hpp>

#include <span>

/// The cases by what they are about; `cases()` is all of them.
namespace ensue::conformance {

std::span<const test_case> publish_cases();
std::span<const test_case> settle_cases();
std::span<const test_case> lease_cases();
std::span<const test_case> order_cases();
std::span<const test_case> history_cases();
std::span<const test_case> lifecycle_cases();
std::span<const test_case> cancel_cases();
std::span<const test_case> outage_cases();

}  // namespace ensue::conformance
