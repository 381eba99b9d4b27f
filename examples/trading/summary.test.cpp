#include "day.test.hpp"
#include "report.hpp"
#include "shipped_tape.hpp"
#include "tape.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace trading;

TEST_CASE("the summary says what people want to know") {
  sources tapes;
  tapes.push_back(std::make_unique<tape>(shipped_tape(), 0));
  simulated_day s{std::move(tapes), {}};
  CHECK(s.serve() == 0);
  const std::string text = report_text(*s.day, s.tapes, paint{});
  for (const char* wanted :
       {"btcusdt.txt.gz  crypto capture, 4,000 events, 0 bad lines\n", "61837.736258", "VWAP",
        "23:54", "order book", "synced", " requested, ", "vetoed (", "drill passed",
        "5 orders sent while on, 0 accepted", "p99.9", "event to last handler", "balanced",
        "statistics  market.trade", "accepted 676 = handled 676", "events/s", "MB/s"}) {
    CAPTURE(wanted);
    CHECK(text.find(wanted) != std::string::npos);
  }
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(report_text(*s.day, s.tapes, paint{true}).find("\x1b[1mledger\x1b[0m") !=
        std::string::npos);
}
