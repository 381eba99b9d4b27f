#pragma once

#include "bars.hpp"
#include "events.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace trading {

/// Exact figures of one equities tape, of trades or of quotes. Feed it every event of the tape in
/// the tape's order. The session is 9:30 to 16:00 New York, 390 minutes.
class equity_statistics {
 public:
  static constexpr std::int64_t session_open_ms = 34'200'000;
  static constexpr std::int64_t session_minutes = 390;

  void on(const trade& t);
  void on(const quote& q);

  /// Member for member what the data set's expected.json says of a tape of trades.
  boost::json::object trades_json() const;
  /// The same spirit for a tape of quotes, of which one symbol is in it.
  boost::json::object quotes_json() const;

  std::int64_t rows() const noexcept { return rows_; }

 private:
  static constexpr std::size_t venues_max = 256;

  /// What trades and quotes have in common.
  struct sequence {
    std::int64_t rows = 0;
    std::optional<std::int64_t> first_ms, last_ms;
    std::int64_t max_gap_ms = 0;
    std::int64_t suspicious = 0;
    std::vector<symbol> venues;  // a dozen: a scan is as fast as any set
    symbol last_venue;

    void add(const tick& t, const symbol& venue, bool doubtful);
  };
  struct traded : sequence {
    decimal_sum shares, notional;  // the latter has the four digits of the prices
    decimal first, last, low, high;
    std::int64_t odd_lots = 0;
    minute_bars session;
  };
  struct quoted : sequence {
    std::int64_t bid_rows = 0, ask_rows = 0;
    decimal last_bid, last_ask;
  };

  static boost::json::object json(const traded& s);
  void row(const tick& t);

  std::int64_t rows_ = 0;
  std::optional<std::int64_t> stamp_ms_;
  std::int64_t equal_stamps_ = 0;
  per_symbol<traded> trades_;
  quoted quotes_;
};

}  // namespace trading
