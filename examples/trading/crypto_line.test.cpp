#include "crypto_line.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace trading;

namespace {

template <class Event>
Event read(std::string_view line) {
  crypto_line reader;
  market_event event;
  INFO(line);
  const bool ok = reader.parse(line, event);
  INFO(reader.fault());
  REQUIRE(ok);
  REQUIRE(std::holds_alternative<Event>(event));
  return std::get<Event>(event);
}

std::string fault_of(std::string_view line) {
  crypto_line reader;
  market_event event;
  return reader.parse(line, event) ? "accepted" : reader.fault();
}

}  // namespace

TEST_CASE("a spot trade") {
  const auto t = read<trade>(
      R"(1723161254087896568 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,)"
      R"("s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000",)"
      R"("T":1723161255342,"m":true,"M":true}})");
  CHECK(t.stamp_ns == 1723161254087896568);
  CHECK(t.event_ms == 1723161255343);
  CHECK(t.trade_ms == 1723161255342);
  CHECK(t.instrument.text() == "BTCUSDT");
  CHECK(t.id == 3735683259);
  CHECK(t.price.text() == "61837.63000000");
  CHECK(t.quantity.text() == "0.02000000");
  CHECK(t.taker == side::sell);
}

TEST_CASE("the order of keys, spaces, unknown and repeated keys and escapes do not matter") {
  const auto t = read<trade>(
      R"(5 { "x" : {"p":[1]} , "data" : {"m":false,"q":1.50,"q":"2.50","\u0070":"9.0","new":null,)"
      R"("t":999999999999999999,"T":7,"s":"A\u0042","e":"tr\u0061de"},"stream":"ab@trade"} )");
  CHECK(t.price.text() == "9.0");
  CHECK(t.quantity.text() == "2.50");
  CHECK(t.id == 999999999999999999);
  CHECK(t.instrument.text() == "AB");
  CHECK(t.taker == side::buy);
  CHECK(t.event_ms == -1);
}

TEST_CASE("a message without the stream wrapper is read as well") {
  CHECK(read<trade>(R"(1 {"e":"trade","s":"X","t":1,"p":"1","q":"1","T":2,"m":true})").id == 1);
}

TEST_CASE("a spot book ticker has no event type: the stream names it") {
  const auto q = read<quote>(
      R"(1 {"stream":"x@bookTicker","data":{"u":7,"s":"X","b":"1.1","B":"2","a":"1.2","A":"3"}})");
  CHECK(q.update_id == 7);
  CHECK(q.bid.text() == "1.1");
  CHECK(q.ask_quantity.text() == "3");
}

TEST_CASE("depth updates of both markets and the snapshot") {
  const auto spot = read<depth_update>(
      R"(1 {"stream":"x@depth@100ms","data":{"e":"depthUpdate","E":3,"s":"X","U":5,"u":9,)"
      R"("b":[["1.10","0.00"]],"a":[["1.20","4"],["1.30","5",[]]]}})");
  CHECK(spot.first_id == 5);
  CHECK(spot.last_id == 9);
  CHECK(spot.previous_id == -1);
  REQUIRE(spot.bids.size() == 1);
  CHECK(spot.bids[0].quantity.zero());
  REQUIRE(spot.asks.size() == 2);
  CHECK(spot.asks[1].price.text() == "1.30");
  const auto futures = read<depth_update>(
      R"(1 {"stream":"x@depth@0ms","data":{"e":"depthUpdate","s":"X","U":5,"u":9,"pu":4,)"
      R"("b":[],"a":[]}})");
  CHECK(futures.previous_id == 4);
  const auto snapshot = read<book_snapshot>(R"(1 {"lastUpdateId":8,"bids":[["1","2"]],"asks":[]})");
  CHECK(snapshot.last_id == 8);
  CHECK(snapshot.bids.size() == 1);
}

TEST_CASE("an unknown kind of event is a row of that name, not a bad line") {
  CHECK(read<other_row>(R"(1 {"stream":"x@kline","data":{"e":"kline","b":{"a":1},"p":7}})").kind ==
        "kline");
}

TEST_CASE("a bad line says what is wrong and where") {
  CHECK(fault_of("") == "expected a receive time in ns and a space");
  CHECK(fault_of("x {}") == "expected a receive time in ns and a space");
  CHECK(fault_of("99999999999999999999 {}") == "expected a receive time in ns and a space");
  CHECK(fault_of("12{}") == "expected a receive time in ns and a space");
  CHECK(fault_of("12 {}") == "neither an event type (e), a stream name nor a snapshot");
  CHECK(fault_of(R"(12 {"e":"trade"} x)") == "column 18: text after the end of the JSON value");
  CHECK(fault_of(R"(12 {"e":"tra)") == "column 13: string without end");
  CHECK(fault_of(R"(12 [1])") == "column 4: expected an object");
}

TEST_CASE("what an event needs must be there and usable") {
  const std::string rest = R"("s":"X","T":1,"m":true)";
  const auto trade_fault = [&](const std::string& members) {
    return fault_of("1 {\"e\":\"trade\"," + members + rest + "}");
  };
  CHECK(trade_fault(R"("t":1,"p":"1","q":"1",)") == "accepted");
  CHECK(trade_fault(R"("p":"1","q":"1",)") == "trade without a usable id (t)");
  CHECK(trade_fault(R"("t":-1,"p":"1","q":"1",)") == "trade without a usable id (t)");
  CHECK(trade_fault(R"("t":1.5,"p":"1","q":"1",)") == "trade without a usable id (t)");
  CHECK(trade_fault(R"("t":1,"p":"1e5","q":"1",)") ==
        "trade without a usable price (p): an exponent");
  CHECK(trade_fault(R"("t":1,"p":"1","q":null,)") ==
        "trade without a usable quantity (q): no plain number");
  CHECK(trade_fault(R"("t":1,"q":"1",)") == "trade without a usable price (p): missing");
  CHECK(trade_fault(R"("t":1,"p":1e-18,"q":"1",)") ==
        "trade without a usable price (p): an exponent");
  CHECK(trade_fault(R"("t":1,"p":"1234567890123456789.5","q":"1",)") ==
        "trade without a usable price (p): too many digits");
  CHECK(
      fault_of(R"(1 {"stream":"x@bookTicker","data":{"u":7,"s":"X","b":"1","B":"2","a":"1e2"}})") ==
      "bookTicker without a usable ask (a): an exponent");
  CHECK(fault_of(R"(1 {"e":"depthUpdate","s":"X","U":1,"u":2,"b":[["x","1"]],"a":[]})") ==
        "column 51: expected a decimal of at most 18 digits");
  CHECK(fault_of(R"(1 {"e":"depthUpdate","s":"X","U":1,"u":2,"b":[["1e5","1"]],"a":[]})") ==
        "column 53: expected a decimal of at most 18 digits, found an exponent");
}

TEST_CASE("only capture lines look like capture lines") {
  CHECK(crypto_line::looks_like("1723161254087896568 {\"a\":1}"));
  CHECK_FALSE(crypto_line::looks_like("ms_since_midnight_ny,symbol"));
  CHECK_FALSE(crypto_line::looks_like("14400464,SPY,1674100"));
  CHECK_FALSE(crypto_line::looks_like(" {}"));
  CHECK_FALSE(crypto_line::looks_like("12"));
  CHECK_FALSE(crypto_line::looks_like(""));
}
