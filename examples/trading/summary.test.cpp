#include "report.hpp"
#include "shipped_tape.hpp"
#include "tape.hpp"
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace trading;

TEST_CASE("the summary says what people want to know") {
  ensue::sim::world world;
  trading_day day{world.rt(), {}};
  sources tapes;
  tapes.push_back(std::make_unique<tape>(shipped_tape(), 0));
  world.block_on(day.run(tapes));
  const std::string text = report_text(day, tapes, paint{});
  for (const char* wanted :
       {"btcusdt.txt.gz  crypto capture, 4,000 events, 0 bad lines\n", "61837.736258", "VWAP",
        "23:54", "order book", "synced", " requested, ", "vetoed (", "drill passed",
        "5 orders sent while on, 0 accepted", "p99.9", "event to last handler", "balanced",
        "statistics  market.trade", "accepted 676 = handled 676", "events/s", "MB/s"}) {
    CAPTURE(wanted);
    CHECK(text.find(wanted) != std::string::npos);
  }
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(report_text(day, tapes, paint{true}).find("\x1b[1mledger\x1b[0m") != std::string::npos);
}
