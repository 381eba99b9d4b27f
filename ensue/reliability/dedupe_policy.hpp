#pragma once

#include <ensue/base/clock.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ensue {

/// For how long a handled event is remembered, so that its copies are known.
struct dedupe_policy {
  duration window{};                      ///< a copy that comes later than this is new; 0: off
  std::size_t entries_max = 100'000;      ///< then the oldest is forgotten early, and counted
  std::size_t in_progress_max = 100'000;  ///< at work at once
  std::size_t copies_max = 1024;          ///< of one event that wait for it

  static dedupe_policy none() { return {}; }
  bool on() const noexcept { return window > duration::zero(); }
  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

/// What makes two deliveries one event. Borrowed text.
struct dedupe_key {
  std::string_view source;
  std::string_view id;

  friend bool operator==(const dedupe_key&, const dedupe_key&) = default;
};

}  // namespace ensue
