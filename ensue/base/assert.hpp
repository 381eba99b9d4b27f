#pragma once

#include <source_location>

namespace ensue {

/// Ends the program after naming the broken condition and its place on stderr. For programmer
/// errors only; bad input and failing surroundings are `result`s.
[[noreturn]] void assertion_failed(const char* condition, const char* message,
                                   std::source_location where) noexcept;

}  // namespace ensue

/// On in every build: a broken invariant must not go on to handle money.
#define ENSUE_ASSERT(condition, message) \
  (static_cast<bool>(condition)          \
       ? void(0)                         \
       : ::ensue::assertion_failed(#condition, message, std::source_location::current()))
