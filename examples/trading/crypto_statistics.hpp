#pragma once

#include "events.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trading {

/// Exact figures of one crypto capture. Feed it every event of the tape in the tape's order.
class crypto_statistics {
 public:
  void on(const trade& t);
  void on(const quote& q);
  void on(const depth_update& d);
  void on(const book_snapshot& s);
  void on(const other_row& r);

  /// Member for member what the data set's expected.json says of a tape. What never appeared in
  /// the tape is null.
  boost::json::object json() const;

  std::int64_t rows() const noexcept { return rows_; }
  const std::vector<std::pair<std::string, std::int64_t>>& events() const { return events_; }

 private:
  static constexpr std::size_t kinds_max = 64;

  struct per_instrument {
    std::optional<std::int64_t> trade_id, quote_id, depth_id;
  };

  void row(const tick& t, std::string_view kind);
  void count(std::string_view kind);

  std::int64_t rows_ = 0;
  std::vector<std::pair<std::string, std::int64_t>> events_;  // in order of first appearance
  std::optional<std::int64_t> first_ns_, last_ns_, event_ms_;
  std::int64_t longest_silence_ns_ = 0;
  std::int64_t event_time_back_ = 0;

  std::optional<std::int64_t> first_trade_, last_trade_;
  std::int64_t trade_ms_ = -1;  // of the trade before; -1: it had none
  int128 trade_ids_missing_ = 0;
  std::int64_t same_trade_time_ = 0;
  decimal_sum quantity_, taker_buys_, notional_;

  std::int64_t chain_breaks_ = 0;
  std::int64_t quotes_not_rising_ = 0;
  std::optional<quote> last_quote_;
  std::optional<std::int64_t> snapshot_id_;
  per_symbol<per_instrument> instruments_;
};

}  // namespace trading
