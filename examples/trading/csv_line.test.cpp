#include "csv_line.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace trading;

namespace {

constexpr std::string_view trades =
    "ms_since_midnight_ny,symbol,price_e4,size,venue,sale_condition,suspicious";
constexpr std::string_view quotes =
    "ms_since_midnight_ny,bid_price_e4,bid_size,ask_price_e4,ask_size,venue,quote_condition,"
    "suspicious";

std::string fault_of(std::string_view line) {
  csv_line reader;
  market_event event;
  REQUIRE(reader.read_header(trades));
  return reader.parse(line, event) ? "accepted" : reader.fault();
}

}  // namespace

TEST_CASE("the header says which of the two kinds it is") {
  csv_line reader;
  CHECK(reader.holds() == csv_line::rows::none);
  CHECK(reader.read_header(trades));
  CHECK(reader.holds() == csv_line::rows::trades);
  CHECK(reader.read_header(quotes));
  CHECK(reader.holds() == csv_line::rows::quotes);
  CHECK_FALSE(reader.read_header("ms_since_midnight_ny,symbol"));
  CHECK_FALSE(reader.read_header("14400464,SPY,1674100,100,P,20002000,0"));
  CHECK_FALSE(reader.read_header("ms_since_midnight_ny" + std::string(100, ',')));
}

TEST_CASE("a trade, also when the columns stand elsewhere") {
  csv_line reader;
  market_event event;
  REQUIRE(reader.read_header(trades));
  REQUIRE(reader.parse("14400464,SPY,1674100,100,P,20002000,1", event));
  auto t = std::get<trade>(event);
  CHECK(t.instrument.text() == "SPY");
  CHECK(t.event_ms == 14400464);
  CHECK(t.stamp_ns == 14400464000000);
  CHECK(t.price.text() == "167.4100");
  CHECK(t.quantity.text() == "100");
  CHECK(t.venue.text() == "P");
  CHECK(t.suspicious);

  REQUIRE(reader.read_header("size,new,price_e4,symbol,ms_since_midnight_ny"));
  REQUIRE(reader.parse("7,,25,X,9", event));
  t = std::get<trade>(event);
  CHECK(t.quantity.units == 7);
  CHECK(t.price.text() == "0.0025");
  CHECK(t.event_ms == 9);
}

TEST_CASE("a quote") {
  csv_line reader;
  market_event event;
  REQUIRE(reader.read_header(quotes));
  REQUIRE(reader.parse("14400054,0,0,1836300,100,Q,1,0", event));
  const auto q = std::get<quote>(event);
  CHECK(q.bid.zero());
  CHECK(q.ask.text() == "183.6300");
  CHECK(q.ask_quantity.units == 100);
  CHECK(q.instrument.empty());
}

TEST_CASE("a bad row names the column") {
  CHECK(fault_of("14400464,SPY,1674100,100,P,20002000,0") == "accepted");
  CHECK(fault_of("14400464,SPY,1674100,100,P,0") == "expected 7 columns, found 6");
  CHECK(fault_of("14400464,SPY,1674100,100,P,0,0,") == "expected 7 columns, found 8");
  CHECK(fault_of(std::string(99, ',')) == "expected 7 columns, found more");
  CHECK(fault_of("") == "expected 7 columns, found 1");
  CHECK(fault_of("x,SPY,1,1,P,0,0") ==
        "ms_since_midnight_ny \"x\": expected an integer of 0 or more");
  CHECK(fault_of("86400000,SPY,1,1,P,0,0") ==
        "ms_since_midnight_ny \"86400000\": expected milliseconds of one day");
  CHECK(fault_of("1,SPY,16.7,1,P,0,0") == "price_e4 \"16.7\": expected an integer of 0 or more");
  CHECK(fault_of("1,SPY,1,-1,P,0,0") == "size \"-1\": expected an integer of 0 or more");
  CHECK(fault_of("1,,1,1,P,0,0") == "symbol \"\": expected 1 to 15 characters");
  CHECK(fault_of("1,SPY,1,1,P,0,yes") == "suspicious \"yes\": expected 0 or 1");
  CHECK(fault_of("1,SPY,9999999999999999999,1,P,0,0") ==
        "price_e4 \"9999999999999999999\": expected an integer of 0 or more");
}
