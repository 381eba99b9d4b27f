#include "tape_statistics.hpp"

#include <algorithm>

namespace trading {
namespace {

constexpr std::int64_t minute_ms = 60'000;

}  // namespace

void tape_statistics::on(const trade& t) {
  t.form == tape_form::crypto ? crypto_.on(t) : equities_.on(t);
  symbol_summary& s = symbols_[t.instrument];
  if (s.trades++ == 0) s.first = s.low = s.high = t.price;
  s.low = std::min(s.low, t.price);
  s.high = std::max(s.high, t.price);
  s.last = t.price;
  s.notional.add_product(t.price, t.quantity);
  s.quantity.add(t.quantity);
  if (t.trade_ms >= 0) s.bars.add(t.trade_ms / minute_ms, t);
}

void tape_statistics::on(const quote& q) {
  q.form == tape_form::crypto ? crypto_.on(q) : equities_.on(q);
  ++symbols_[q.instrument].quotes;
}

void tape_statistics::on(const depth_update& d) {
  crypto_.on(d);
  ++symbols_[d.instrument].depth_updates;
}

void tape_statistics::on(const book_snapshot& s) { crypto_.on(s); }

void tape_statistics::on(const other_row& r) { crypto_.on(r); }

boost::json::object tape_statistics::json(tape_form form) const {
  switch (form) {
    case tape_form::equity_trades: return equities_.trades_json();
    case tape_form::equity_quotes: return equities_.quotes_json();
    case tape_form::crypto:
    case tape_form::unknown: break;
  }
  return crypto_.json();
}

}  // namespace trading
