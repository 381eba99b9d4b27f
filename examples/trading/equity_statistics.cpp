#include "equity_statistics.hpp"

#include "exact_json.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace trading {
namespace {

constexpr std::int64_t round_lot = 100;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t sampled_minutes[] = {0, 1, 59, 389};

boost::json::object json(const bar& b) {
  return {{"open_e4", b.open.units},   {"high_e4", b.high.units},           {"low_e4", b.low.units},
          {"close_e4", b.close.units}, {"shares", exact_units(b.quantity)}, {"trades", b.trades}};
}

}  // namespace

void equity_statistics::sequence::add(const tick& t, const symbol& venue, bool doubtful) {
  ++rows;
  if (!first_ms) first_ms = t.event_ms;
  if (last_ms) max_gap_ms = std::max(max_gap_ms, t.event_ms - *last_ms);
  last_ms = t.event_ms;
  suspicious += doubtful;
  if (venue.empty() || venue == last_venue) return;
  last_venue = venue;
  const bool known = std::find(venues.begin(), venues.end(), venue) != venues.end();
  if (!known && venues.size() < venues_max) venues.push_back(venue);
}

void equity_statistics::row(const tick& t) {
  ++rows_;
  if (stamp_ms_ == t.event_ms) ++equal_stamps_;
  stamp_ms_ = t.event_ms;
}

void equity_statistics::on(const trade& t) {
  row(t);
  traded& s = trades_[t.instrument];
  if (s.rows == 0) s.first = s.low = s.high = t.price;
  s.add(t, t.venue, t.suspicious);
  s.shares.add(t.quantity);
  s.notional.add_product(t.price, t.quantity);
  s.low = std::min(s.low, t.price);
  s.high = std::max(s.high, t.price);
  s.last = t.price;
  s.odd_lots += t.quantity.units % round_lot != 0;
  const std::int64_t since_open = t.event_ms - session_open_ms;
  if (since_open >= 0 && since_open < session_minutes * minute_ms) {
    s.session.add(since_open / minute_ms, t);
  }
}

void equity_statistics::on(const quote& q) {
  row(q);
  quotes_.add(q, q.venue, q.suspicious);
  quotes_.bid_rows += !q.bid.zero();
  quotes_.ask_rows += !q.ask.zero();
  if (!q.bid.zero()) quotes_.last_bid = q.bid;
  if (!q.ask.zero()) quotes_.last_ask = q.ask;
}

boost::json::object equity_statistics::json(const traded& s) {
  boost::json::object samples;
  const auto& bars = s.session.by_minute();
  for (const std::int64_t minute : sampled_minutes) {
    const auto found = bars.find(minute);
    if (found != bars.end()) samples[std::to_string(minute)] = trading::json(found->second);
  }
  const auto with_trades = static_cast<std::int64_t>(bars.size());
  return {{"rows", s.rows},
          {"shares", exact_units(s.shares)},
          {"notional_e4", exact_units(s.notional)},
          {"low_e4", s.low.units},
          {"high_e4", s.high.units},
          {"first_ms", number_or_null(s.first_ms)},
          {"last_ms", number_or_null(s.last_ms)},
          {"first_price_e4", s.first.units},
          {"last_price_e4", s.last.units},
          {"max_gap_ms", s.max_gap_ms},
          {"suspicious", s.suspicious},
          {"venues", static_cast<std::int64_t>(s.venues.size())},
          {"odd_lots", s.odd_lots},
          {"vwap", s.notional.over(s.shares, 6)},
          {"minute_bars_in_session", with_trades},
          {"session_minutes_without_a_trade", session_minutes - with_trades},
          {"bars_sample", std::move(samples)}};
}

boost::json::object equity_statistics::trades_json() const {
  boost::json::object symbols;
  for (const auto& [name, s] : trades_) symbols[name.text()] = json(s);
  return {{"rows", rows_},
          {"equal_stamp_as_row_before", equal_stamps_},
          {"symbols", std::move(symbols)}};
}

boost::json::object equity_statistics::quotes_json() const {
  return {{"rows", rows_},
          {"equal_stamp_as_row_before", equal_stamps_},
          {"first_ms", number_or_null(quotes_.first_ms)},
          {"last_ms", number_or_null(quotes_.last_ms)},
          {"max_gap_ms", quotes_.max_gap_ms},
          {"suspicious", quotes_.suspicious},
          {"venues", static_cast<std::int64_t>(quotes_.venues.size())},
          {"bid_rows", quotes_.bid_rows},
          {"ask_rows", quotes_.ask_rows},
          {"last_bid_price_e4", quotes_.last_bid.units},
          {"last_ask_price_e4", quotes_.last_ask.units}};
}

}  // namespace trading
