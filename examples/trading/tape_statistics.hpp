#pragma once

#include "bars.hpp"
#include "crypto_statistics.hpp"
#include "equity_statistics.hpp"
#include "events.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace trading {

/// What a person wants to know of one symbol of a tape.
struct symbol_summary {
  std::int64_t trades = 0, quotes = 0, depth_updates = 0;
  decimal first, last, low, high;
  decimal_sum quantity, notional;
  minute_bars bars;

  std::string vwap(unsigned digits) const { return notional.over(quantity, digits); }
};

/// All figures of one tape. Feed it every event of the tape in the tape's order.
class tape_statistics {
 public:
  void on(const trade& t);
  void on(const quote& q);
  void on(const depth_update& d);
  void on(const book_snapshot& s);
  void on(const other_row& r);

  /// The object expected.json has for such a tape.
  boost::json::object json(tape_form form) const;

  std::int64_t rows() const noexcept { return crypto_.rows() + equities_.rows(); }
  const per_symbol<symbol_summary>& symbols() const noexcept { return symbols_; }

 private:
  crypto_statistics crypto_;
  equity_statistics equities_;
  per_symbol<symbol_summary> symbols_;
};

}  // namespace trading
