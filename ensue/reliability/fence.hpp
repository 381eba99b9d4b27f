#pragma once

#include <ensue/base/result.hpp>

#include <cstdint>

namespace ensue {

/// Stands before what only the holder of a lease may touch, and is kept together with it: it lets
/// nobody pass who is older than somebody that has passed. A holder that was paused, and does not
/// know yet that its lease has run out, is stopped here, and only here: a clock cannot do it.
///
/// Let everything pass through it that the holder relies on, what he reads before he writes too.
class fence {
 public:
  /// errc::refused: a later holder has been here. Nothing was done; never retry.
  [[nodiscard]] result<> pass(std::uint64_t token) noexcept {
    if (token < highest_) return errc::refused;
    highest_ = token;
    return {};
  }
  std::uint64_t highest() const noexcept { return highest_; }

 private:
  std::uint64_t highest_ = 0;
};

}  // namespace ensue
