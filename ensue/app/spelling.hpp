#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// How many letters must be added, dropped, changed or swapped with their neighbour to turn `a`
/// into `b` (optimal string alignment distance). Cost: O(|a| |b|).
std::size_t letters_apart(std::string_view a, std::string_view b);

/// "; did you mean "capacity"?" with the name that is nearest to `written`, or nothing when none
/// is near.
std::string suggestion(std::string_view written, const std::vector<std::string>& names);

}  // namespace ensue
