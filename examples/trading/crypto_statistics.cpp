#include "crypto_statistics.hpp"

#include "exact_json.hpp"

#include <algorithm>

namespace trading {
void crypto_statistics::count(std::string_view kind) {
  for (auto& [name, times] : events_) {
    if (name == kind) {
      ++times;
      return;
    }
  }
  if (events_.size() < kinds_max) {
    events_.emplace_back(kind, 1);
  } else {
    count(events_.back().first);  // hostile input: every row a kind of its own
  }
}

void crypto_statistics::row(const tick& t, std::string_view kind) {
  ++rows_;
  count(kind);
  if (!first_ns_) first_ns_ = t.stamp_ns;
  if (last_ns_) longest_silence_ns_ = std::max(longest_silence_ns_, t.stamp_ns - *last_ns_);
  last_ns_ = t.stamp_ns;
  // Streams overtake each other: the row before, of whichever stream, was sent later than this.
  // The snapshot is no stream, it was asked for.
  if (t.event_ms < 0 || kind == "rest_snapshot") return;
  if (event_ms_ && t.event_ms < *event_ms_) ++event_time_back_;
  event_ms_ = t.event_ms;
}

void crypto_statistics::on(const trade& t) {
  row(t, "trade");
  if (!first_trade_) first_trade_ = t.id;
  last_trade_ = t.id;
  auto& before = instruments_[t.instrument].trade_id;
  if (before && t.id > *before + 1) trade_ids_missing_ += t.id - *before - 1;
  before = t.id;
  if (t.trade_ms >= 0 && t.trade_ms == trade_ms_) ++same_trade_time_;
  trade_ms_ = t.trade_ms;
  quantity_.add(t.quantity);
  notional_.add_product(t.price, t.quantity);
  if (t.taker == side::buy) taker_buys_.add(t.quantity);
}

void crypto_statistics::on(const quote& q) {
  row(q, "bookTicker");
  auto& before = instruments_[q.instrument].quote_id;
  if (before && q.update_id <= *before) ++quotes_not_rising_;
  before = q.update_id;
  last_quote_ = q;
}

void crypto_statistics::on(const depth_update& d) {
  row(d, "depthUpdate");
  auto& before = instruments_[d.instrument].depth_id;
  const bool follows = d.previous_id >= 0 ? d.previous_id == before : d.first_id - 1 == before;
  if (before && !follows) ++chain_breaks_;
  before = d.last_id;
}

void crypto_statistics::on(const book_snapshot& s) {
  row(s, "rest_snapshot");
  snapshot_id_ = s.last_id;
}

void crypto_statistics::on(const other_row& r) { row(r, r.kind); }

boost::json::object crypto_statistics::json() const {
  boost::json::object events;
  for (const auto& [name, times] : events_) events[name] = times;
  boost::json::value quote(nullptr);
  if (last_quote_) {
    quote = {{"b", last_quote_->bid.text()},
             {"B", last_quote_->bid_quantity.text()},
             {"a", last_quote_->ask.text()},
             {"A", last_quote_->ask_quantity.text()},
             {"u", last_quote_->update_id}};
  }
  return {{"rows", rows_},
          {"events", std::move(events)},
          {"first_local_ns", number_or_null(first_ns_)},
          {"last_local_ns", number_or_null(last_ns_)},
          {"longest_silence_ns", longest_silence_ns_},
          {"trades_first_id", number_or_null(first_trade_)},
          {"trades_last_id", number_or_null(last_trade_)},
          {"trade_ids_missing", exact_number(trade_ids_missing_)},
          {"trade_qty_total", quantity_.text()},
          {"taker_buy_qty", taker_buys_.text()},
          {"trade_notional_total", notional_.text()},
          {"trades_with_same_T_as_the_one_before", same_trade_time_},
          {"depth_chain_breaks", chain_breaks_},
          {"book_ticker_update_id_not_rising", quotes_not_rising_},
          {"event_time_going_back_across_streams", event_time_back_},
          {"rest_snapshot_last_update_id", number_or_null(snapshot_id_)},
          {"last_book_ticker", std::move(quote)}};
}

}  // namespace trading
