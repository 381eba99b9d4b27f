#pragma once

#include "events.hpp"

#include <array>
#include <string>
#include <string_view>

namespace trading {

/// Reads rows of an equities tape: comma separated, unquoted, its columns named by a header line.
/// Trades: ms_since_midnight_ny, symbol, price_e4, size, venue, suspicious. Quotes:
/// ms_since_midnight_ny, bid_price_e4, bid_size, ask_price_e4, ask_size, venue, suspicious and
/// optionally symbol. Columns may come in any order, unknown ones are skipped.
class csv_line {
 public:
  enum class rows { none, trades, quotes };

  /// True when `line` names the columns of one of the two kinds; `holds()` then says which.
  bool read_header(std::string_view line);
  rows holds() const noexcept { return holds_; }

  /// Fills `out`, except row and tape. False when the line is bad: `fault()` says what and where.
  bool parse(std::string_view line, market_event& out);
  const std::string& fault() const noexcept { return fault_; }

 private:
  static constexpr std::size_t columns_max = 32;
  static constexpr std::size_t absent = columns_max;

  std::size_t split(std::string_view line);
  bool parse_trade(market_event& out);
  bool parse_quote(market_event& out);
  bool start(tick& t);
  bool integer(std::size_t column, std::int64_t least, std::int64_t& out);
  bool flag(std::size_t column, bool& out);
  bool short_text(std::size_t column, symbol& out);
  bool refuse(std::size_t column, const char* expected);

  rows holds_ = rows::none;
  std::size_t columns_ = 0;
  // Where each value stands; `absent` when the header does not name it.
  std::size_t ms_ = absent, symbol_ = absent, price_ = absent, size_ = absent, venue_ = absent,
              suspicious_ = absent, bid_ = absent, bid_size_ = absent, ask_ = absent,
              ask_size_ = absent;
  std::array<std::string, columns_max> names_;
  std::array<std::string_view, columns_max + 1> cells_;
  std::string fault_;
};

}  // namespace trading
