#pragma once

#include "events.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trading {

/// A line that could not be used, and why. The tape goes on behind it.
struct bad_line {
  std::int64_t line = 0;
  std::string reason;
};

/// Where market events come from, one at a time: a tape or a simulated market.
class market_source {
 public:
  enum class status { event, starved, end };

  virtual ~market_source() = default;

  /// The next event. `starved`: call `fill()` first. Never blocks.
  virtual status next(market_event& out) = 0;

  /// Fetches more input. May block, and may be called on another thread while nothing else touches
  /// the source.
  virtual void fill() {}
  /// From any thread: makes a `fill()` that waits return; the source then ends.
  virtual void interrupt() noexcept {}
  /// Can `fill()` block for long? (a pipe, a terminal; not a file)
  virtual bool slow() const noexcept { return false; }

  virtual std::string name() const = 0;
  virtual std::string path() const { return name(); }
  virtual tape_form form() const noexcept = 0;
  virtual std::int64_t rows() const noexcept = 0;            ///< events given
  virtual std::int64_t bytes() const noexcept { return 0; }  ///< read, unpacked
  /// Part of the input that became events, 0 to 1; negative when its size is not known.
  virtual double progress() const noexcept = 0;
  virtual std::int64_t bad_line_count() const noexcept { return 0; }
  virtual std::vector<bad_line> bad_lines() const { return {}; }
  /// Empty, or why it ended early; the events before are good.
  virtual std::string error() const { return {}; }
};

}  // namespace trading
