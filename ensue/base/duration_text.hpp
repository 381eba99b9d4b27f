#pragma once

#include <ensue/base/clock.hpp>

#include <string>

namespace ensue {

/// "1.5 ms", "3.000001 s": short, exact, for reports and errors.
std::string text(duration d);

}  // namespace ensue
