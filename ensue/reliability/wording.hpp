#pragma once

#include <ensue/base/clock.hpp>

#include <cstdint>
#include <string>

namespace ensue {

/// "1.5 s", "200 ms", "no limit" for duration::max(): exact, for the sentences policies say.
std::string in_words(duration d);
/// As few digits as tell it apart: "0.2", "1e+30".
std::string in_words(double number);

}  // namespace ensue
