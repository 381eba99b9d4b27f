#pragma once

#include <ensue/conformance/suite.hpp>

#include <span>

/// The cases by what they are about; `cases()` is all of them.
namespace ensue::conformance {

std::span<const test_case> publish_cases();

}  // namespace ensue::conformance
