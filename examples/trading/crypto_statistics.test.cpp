#include "crypto_statistics.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace trading;

namespace {

struct tape_of_x {
  crypto_statistics statistics;
  std::int64_t ns = 0;

  template <class Event>
  Event next(std::int64_t event_ms) {
    Event e;
    e.instrument = symbol{"X"};
    e.stamp_ns = ns += 10;
    e.event_ms = event_ms;
    e.form = tape_form::crypto;
    return e;
  }
  void trade(std::int64_t id, std::int64_t ms, side taker = side::buy) {
    auto t = next<trading::trade>(ms);
    t.id = id;
    t.trade_ms = ms;
    t.price = *decimal::parse("2.50");
    t.quantity = *decimal::parse("0.3");
    t.taker = taker;
    statistics.on(t);
  }
  void trade(const char* price, const char* quantity, side taker) {
    auto t = next<trading::trade>(1);
    t.id = t.trade_ms = 1;
    t.price = *decimal::parse(price);
    t.quantity = *decimal::parse(quantity);
    t.taker = taker;
    statistics.on(t);
  }
  void quote(std::int64_t id) {
    auto q = next<trading::quote>(-1);
    q.update_id = id;
    statistics.on(q);
  }
  void depth(std::int64_t first, std::int64_t last, std::int64_t previous = -1) {
    auto d = next<depth_update>(-1);
    d.first_id = first;
    d.last_id = last;
    d.previous_id = previous;
    statistics.on(d);
  }
  std::int64_t number(const char* name) { return statistics.json().at(name).as_int64(); }
  std::string text(const char* name) { return std::string(statistics.json().at(name).as_string()); }
};

}  // namespace

TEST_CASE("an empty tape has nulls, not inventions") {
  tape_of_x x;
  CHECK(x.number("rows") == 0);
  CHECK(x.statistics.json().at("first_local_ns").is_null());
  CHECK(x.statistics.json().at("last_book_ticker").is_null());
  CHECK(x.text("trade_notional_total") == "0");
}

TEST_CASE("sums are exact beyond 128 bits, each by itself") {
  tape_of_x x;
  x.trade("0.000000000000000001", "0.000000000000000001", side::sell);
  x.trade("0.000000000000000001", "123456789012345678", side::buy);
  x.trade("123456789012345678", "0.000000000000000001", side::sell);
  x.trade("61837.64", "0.1", side::sell);
  CHECK(x.text("trade_qty_total") == "123456789012345678.100000000000000002");
  CHECK(x.text("taker_buy_qty") == "123456789012345678");
  CHECK(x.text("trade_notional_total") == "6184.010913578024691356000000000000000001");
}

TEST_CASE("trades without a time share none") {
  tape_of_x x;
  for (const int ms : {-1, -1, 5, -1, 5, 5}) x.trade(1, ms);
  CHECK(x.number("trades_with_same_T_as_the_one_before") == 1);
}

TEST_CASE("missing and repeated trades, ties and sides") {
  tape_of_x x;
  x.trade(1, 5);
  x.trade(2, 5, side::sell);
  x.trade(6, 5);
  x.trade(6, 4);
  CHECK(x.number("trade_ids_missing") == 3);
  CHECK(x.number("trades_first_id") == 1);
  CHECK(x.number("trades_last_id") == 6);
  CHECK(x.number("trades_with_same_T_as_the_one_before") == 2);
  CHECK(x.number("event_time_going_back_across_streams") == 1);
  CHECK(x.text("trade_qty_total") == "1.2");
  CHECK(x.text("taker_buy_qty") == "0.9");
  CHECK(x.text("trade_notional_total") == "3.000");
}

TEST_CASE("holes in the depth chain, by the rule of either market") {
  tape_of_x spot;
  spot.depth(1, 5);
  spot.depth(6, 9);
  spot.depth(11, 12);
  CHECK(spot.number("depth_chain_breaks") == 1);
  tape_of_x futures;
  futures.depth(1, 5, 0);
  futures.depth(8, 9, 5);
  futures.depth(10, 12, 8);
  CHECK(futures.number("depth_chain_breaks") == 1);
}

TEST_CASE("book tickers must rise") {
  tape_of_x x;
  x.quote(1);
  x.quote(3);
  x.quote(3);
  x.quote(2);
  CHECK(x.number("book_ticker_update_id_not_rising") == 2);
}

TEST_CASE("the longest silence, also when stamps go back") {
  tape_of_x x;
  x.trade(1, 1);
  x.ns = 1000;
  x.trade(2, 1);
  x.ns = 0;
  x.trade(3, 1);
  CHECK(x.number("longest_silence_ns") == 1000);
  CHECK(x.number("first_local_ns") == 10);
  CHECK(x.number("last_local_ns") == 10);
}

TEST_CASE("kinds are counted by name in order of appearance, boundedly many") {
  tape_of_x x;
  x.trade(1, 1);
  for (int n = 0; n < 200; ++n) {
    auto other = x.next<other_row>(-1);
    other.kind = "kind" + std::to_string(n);
    x.statistics.on(other);
  }
  const auto events = x.statistics.json().at("events").as_object();
  CHECK(events.begin()->key() == "trade");
  CHECK(events.size() == 64);
  CHECK(x.number("rows") == 201);
}
