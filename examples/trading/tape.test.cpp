#include "tape.hpp"

#include "tape_file.test.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace trading;

namespace {

std::vector<market_event> all_of(tape& t) {
  std::vector<market_event> events;
  market_event event;
  while (true) {
    const auto status = t.next(event);
    if (status == tape::status::end) return events;
    if (status == tape::status::starved) {
      t.fill();
    } else {
      events.push_back(event);
    }
  }
}

std::string quote_line(int n) {
  const std::string id = std::to_string(n);
  return id + R"( {"stream":"x@bookTicker","data":{"u":)" + id +
         R"(,"s":"X","b":"1","B":"1","a":"2","A":"1"}})" + "\n";
}

}  // namespace

TEST_CASE("the content, not the name, tells the form") {
  const tape_file crypto{quote_line(1)},
      trades{"ms_since_midnight_ny,symbol,price_e4,size\r\n1,A,2,3\r\n"},
      quotes{"ms_since_midnight_ny,bid_price_e4,bid_size,ask_price_e4,ask_size\n1,2,3,4,5"};
  tape a{crypto.path(), 0}, b{trades.path(), 1}, c{quotes.path(), 2};
  CHECK(all_of(a).size() == 1);
  CHECK(a.form() == tape_form::crypto);
  const auto rows = all_of(b);
  REQUIRE(rows.size() == 1);
  CHECK(b.form() == tape_form::equity_trades);
  CHECK(tick_of(rows[0]).tape == 1);
  CHECK(tick_of(rows[0]).row == 2);
  CHECK(tick_of(rows[0]).form == tape_form::equity_trades);
  CHECK(all_of(c).size() == 1);
  CHECK(c.form() == tape_form::equity_quotes);
}

TEST_CASE("bad lines are counted, the first twenty named by line, and stop nothing") {
  std::string text = "rubbish\n";
  for (int n = 0; n < 30; ++n) text += quote_line(n) + "5 {\"broken\"\n";
  text += "\n" + quote_line(31);
  const tape_file file{text};
  tape t{file.path(), 0};
  CHECK(all_of(t).size() == 31);
  CHECK(t.rows() == 31);
  CHECK(t.bad_line_count() == 32);
  REQUIRE(t.bad_lines().size() == tape::bad_lines_listed);
  CHECK(t.bad_lines()[0].line == 1);
  CHECK(t.bad_lines()[0].reason == "neither a capture line nor a CSV header");
  CHECK(t.bad_lines()[1].line == 3);
  CHECK(t.bad_lines()[1].reason == "column 12: expected : after the key");
  CHECK(t.error().empty());
}

TEST_CASE("a byte order mark before the first line is no part of it") {
  const tape_file crypto{"\xef\xbb\xbf" + quote_line(1) + quote_line(2)},
      trades{"\xef\xbb\xbfms_since_midnight_ny,symbol,price_e4,size\n1,A,2,3\n"};
  tape a{crypto.path(), 0}, b{trades.path(), 0};
  CHECK(all_of(a).size() == 2);
  CHECK(a.bad_line_count() == 0);
  CHECK(all_of(b).size() == 1);
}

TEST_CASE("progress is of the lines given, not of what was read ahead") {
  for (const bool packed : {false, true}) {
    std::string text;
    for (int n = 0; n < 1'000; ++n) text += quote_line(n);
    const tape_file file{packed ? gzip_of(text) : text};
    tape t{file.path(), 0};
    market_event event;
    CHECK(t.progress() == 0);
    for (int n = 0; n < 500; ++n) {
      while (t.next(event) != tape::status::event) t.fill();
    }
    CHECK(t.progress() == doctest::Approx(0.5).epsilon(0.05));
    while (t.next(event) != tape::status::end) t.fill();
    CHECK(t.progress() == 1);
  }
}

TEST_CASE("a line too long is one bad line") {
  const tape_file file{quote_line(1) + std::string(line_reader::longest + 9, 'x') + "\n" +
                       quote_line(2)};
  tape t{file.path(), 0};
  CHECK(all_of(t).size() == 2);
  REQUIRE(t.bad_line_count() == 1);
  CHECK(t.bad_lines()[0].line == 2);
  CHECK(t.bad_lines()[0].reason == "line longer than 1048576 bytes");
}

TEST_CASE("what is no tape says so") {
  const tape_file empty{""}, prose{"dear reader\n"};
  tape a{empty.path(), 0}, b{prose.path(), 0}, c{"/nonexistent/tape", 0};
  CHECK(all_of(a).empty());
  CHECK(a.error() == "the tape is empty");
  CHECK(all_of(b).empty());
  CHECK(b.error().starts_with("not a tape"));
  CHECK(all_of(c).empty());
  CHECK(c.error() == "cannot open: No such file or directory");
  CHECK(c.name() == "tape");
}
