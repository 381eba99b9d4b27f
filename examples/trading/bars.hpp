#pragma once

#include "events.hpp"

#include <cstdint>
#include <map>

namespace trading {

/// One minute of trades.
struct bar {
  decimal open, high, low, close;
  decimal_sum quantity;
  std::int64_t trades = 0;

  void add(const trade& t);
};

/// Bars by minute, of one symbol. At most `bars_max`; trades of later-coming minutes beyond that
/// are counted as `dropped()`.
class minute_bars {
 public:
  minute_bars() = default;
  minute_bars(minute_bars&&) = default;
  minute_bars& operator=(minute_bars&&) = default;

  static constexpr std::size_t bars_max = 20'000;

  void add(std::int64_t minute, const trade& t);
  const std::map<std::int64_t, bar>& by_minute() const noexcept { return bars_; }
  std::int64_t dropped() const noexcept { return dropped_; }

 private:
  std::map<std::int64_t, bar> bars_;
  bar* last_ = nullptr;  // of last_minute_; map nodes stay where they are, also in a move
  std::int64_t last_minute_ = 0;
  std::int64_t dropped_ = 0;
};

}  // namespace trading
