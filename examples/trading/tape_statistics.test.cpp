#include "tape_statistics.hpp"

#include "tape.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>

using namespace trading;
namespace fs = std::filesystem;

namespace {

boost::json::object figures_of(const std::string& path) {
  tape t{path, 0};
  tape_statistics statistics;
  market_event event;
  while (true) {
    const auto status = t.next(event);
    if (status == tape::status::end) break;
    if (status == tape::status::starved) {
      t.fill();
    } else {
      std::visit([&](const auto& e) { statistics.on(e); }, event);
    }
  }
  CHECK(t.error().empty());
  CHECK(t.bad_line_count() == 0);
  CHECK(statistics.rows() == t.rows());
  return statistics.json(t.form());
}

/// Every tape named in the folder's expected.json must give exactly its entry, as text: the same
/// members in the same order with the same digits.
std::size_t check_folder(const fs::path& folder) {
  std::ifstream file{folder / "expected.json"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto expected = boost::json::parse(text).as_object();
  for (const auto& [name, entry] : expected) {
    CAPTURE(std::string(name));
    CHECK(boost::json::serialize(figures_of(folder / std::string(name))) ==
          boost::json::serialize(entry));
  }
  return expected.size();
}

}  // namespace

TEST_CASE("the shipped tape gives the figures computed apart from us") {
  CHECK(check_folder(TRADING_TAPE_FOLDER) == 1);
}

TEST_CASE("the whole captures and the whole trading day give their expected figures") {
  const char* const data = std::getenv("ENSUE_DATA");
  if (!data || !fs::exists(fs::path(data) / "market-crypto")) {
    MESSAGE("skipped: ENSUE_DATA names no folder with the market data");
    return;
  }
  CHECK(check_folder(fs::path(data) / "market-crypto") >= 1);
  CHECK(check_folder(fs::path(data) / "market-equities") >= 1);
  const auto quotes =
      figures_of(fs::path(data) / "market-equities" / "ibm-quotes-2013-10-07.csv.gz");
  CHECK(quotes.at("rows").as_int64() == 109067);
}

TEST_CASE("a summary per symbol: price range, exact VWAP, bars") {
  tape_statistics statistics;
  trade t;
  t.form = tape_form::crypto;
  t.instrument = symbol{"X"};
  for (const auto& [price, quantity, ms] :
       {std::tuple{"10.0", "1", 0}, {"13.0", "2", 59'999}, {"9.5", "1", 60'000}}) {
    t.price = *decimal::parse(price);
    t.quantity = *decimal::parse(quantity);
    t.trade_ms = ms;
    statistics.on(t);
  }
  const auto* const summary = statistics.symbols().find(symbol{"X"});
  REQUIRE(summary);
  CHECK(summary->vwap(4) == "11.3750");
  CHECK(summary->low.text() == "9.5");
  CHECK(summary->high.text() == "13.0");
  CHECK(summary->first.text() == "10.0");
  const auto& bars = summary->bars.by_minute();
  REQUIRE(bars.size() == 2);
  CHECK(bars.at(0).close.text() == "13.0");
  CHECK(bars.at(0).quantity.text() == "3");
  CHECK(bars.at(1).trades == 1);
}
