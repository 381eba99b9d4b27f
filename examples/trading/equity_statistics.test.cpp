#include "equity_statistics.hpp"

#include "exact_json.hpp"

#include <doctest/doctest.h>

using namespace trading;

namespace {

trade sale(const char* name, std::int64_t ms, std::int64_t price_e4, std::int64_t size,
           const char* venue = "P") {
  trade t;
  t.form = tape_form::equity_trades;
  t.instrument = symbol{name};
  t.event_ms = t.trade_ms = ms;
  t.price = {price_e4, 4};
  t.quantity = {size, 0};
  t.venue = symbol{venue};
  return t;
}

constexpr std::int64_t open = equity_statistics::session_open_ms;

}  // namespace

TEST_CASE("the session is half open: its first millisecond counts, its end does not") {
  equity_statistics s;
  s.on(sale("A", open - 1, 1, 1));
  s.on(sale("A", open, 100, 5));
  s.on(sale("A", open + 59'999, 90, 6));
  s.on(sale("A", open + 60'000, 80, 7));
  s.on(sale("A", open + 390 * 60'000 - 1, 70, 8));
  s.on(sale("A", open + 390 * 60'000, 60, 9));
  const auto a = s.trades_json().at("symbols").at("A").as_object();
  CHECK(a.at("minute_bars_in_session").as_int64() == 3);
  CHECK(a.at("session_minutes_without_a_trade").as_int64() == 387);
  const auto& bars = a.at("bars_sample").as_object();
  CHECK(bars.size() == 3);
  CHECK(bars.at("0").at("open_e4").as_int64() == 100);
  CHECK(bars.at("0").at("close_e4").as_int64() == 90);
  CHECK(bars.at("0").at("shares").as_int64() == 11);
  CHECK(bars.at("389").at("trades").as_int64() == 1);
  CHECK(a.at("rows").as_int64() == 6);
}

TEST_CASE("ties, gaps, venues, odd lots and the exact VWAP") {
  equity_statistics s;
  s.on(sale("A", 10, 10'000, 100));
  s.on(sale("B", 10, 5, 250, "Q"));
  s.on(sale("A", 10, 20'000, 200, "Q"));
  s.on(sale("A", 510, 20'000, 99, "P"));
  s.on(sale("A", 500, 20'000, 1, "P"));
  const auto all = s.trades_json();
  CHECK(all.at("equal_stamp_as_row_before").as_int64() == 2);
  const auto a = all.at("symbols").at("A").as_object();
  CHECK(a.at("max_gap_ms").as_int64() == 500);
  CHECK(a.at("venues").as_int64() == 2);
  CHECK(a.at("odd_lots").as_int64() == 2);
  CHECK(a.at("notional_e4").as_int64() == 7'000'000);
  CHECK(a.at("vwap").as_string() == "1.750000");
  CHECK(all.at("symbols").at("B").at("odd_lots").as_int64() == 1);
}

TEST_CASE("sums of any length are exact numbers, and so is the VWAP") {
  equity_statistics s;
  constexpr std::int64_t most = 999'999'999'999'999'999;
  for (int n = 0; n < 2'000; ++n) s.on(sale("A", open, most, most));
  s.on(sale("A", open, 1, most));
  const auto a = s.trades_json().at("symbols").at("A").as_object();
  CHECK(exact_text(a.at("shares")) == "2000999999999999997999");
  CHECK(exact_text(a.at("notional_e4")) == "1999999999999999996001000000000000001999");
  CHECK(a.at("vwap").as_string() == "99950024987506.246777");
  CHECK(exact_text(a.at("bars_sample").at("0").at("shares")) == "2000999999999999997999");
}

TEST_CASE("quotes: each row is of one side") {
  equity_statistics s;
  quote q;
  q.form = tape_form::equity_quotes;
  q.event_ms = 5;
  q.bid = {1'000, 4};
  s.on(q);
  q.bid = {0, 4};
  q.ask = {1'100, 4};
  s.on(q);
  const auto all = s.quotes_json();
  CHECK(all.at("rows").as_int64() == 2);
  CHECK(all.at("equal_stamp_as_row_before").as_int64() == 1);
  CHECK(all.at("bid_rows").as_int64() == 1);
  CHECK(all.at("last_bid_price_e4").as_int64() == 1'000);
  CHECK(all.at("last_ask_price_e4").as_int64() == 1'100);
}
