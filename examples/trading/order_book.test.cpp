#include "order_book.hpp"

#include "tape.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace trading;

namespace {

price_level level(const char* price, const char* quantity) {
  return {*decimal::parse(price), *decimal::parse(quantity)};
}

depth_update diff(std::int64_t first, std::int64_t last, std::int64_t previous = -1,
                  std::vector<price_level> bids = {}, std::vector<price_level> asks = {}) {
  depth_update d;
  d.first_id = first;
  d.last_id = last;
  d.previous_id = previous;
  d.bids = std::move(bids);
  d.asks = std::move(asks);
  return d;
}

book_snapshot snapshot(std::int64_t id) {
  book_snapshot s;
  s.last_id = id;
  s.bids = {level("10", "1"), level("9", "2")};
  s.asks = {level("11", "1"), level("12", "2")};
  return s;
}

/// Everything of the shipped tape that concerns a book.
struct recorded {
  std::vector<market_event> events;
  std::vector<std::size_t> depths;  // where the diffs stand

  recorded() {
    tape t{std::string(TRADING_TAPE_FOLDER) + "/btcusdt.txt.gz", 0};
    market_event event;
    for (auto s = t.next(event); s != tape::status::end; s = t.next(event)) {
      if (s == tape::status::starved) {
        t.fill();
        continue;
      }
      if (std::holds_alternative<depth_update>(event)) depths.push_back(events.size());
      events.push_back(event);
    }
  }
  void play(order_book& book, std::size_t left_out = SIZE_MAX) const {
    for (std::size_t n = 0; n < events.size(); ++n) {
      if (n == left_out) continue;
      if (const auto* d = std::get_if<depth_update>(&events[n])) book.on(*d);
      if (const auto* s = std::get_if<book_snapshot>(&events[n])) book.on(*s);
    }
  }
};

}  // namespace

TEST_CASE("diffs before the snapshot are kept or dropped by their ids") {
  order_book book;
  book.on(diff(1, 3, -1, {level("10", "7")}));   // held by the snapshot: dropped
  book.on(diff(4, 6, -1, {level("9.5", "7")}));  // overlaps it: applied
  book.on(diff(7, 8, -1, {level("10", "0")}));   // follows: applied
  CHECK(book.current() == order_book::state::waiting);
  CHECK_FALSE(book.best_bid());
  book.on(snapshot(4));
  CHECK(book.current() == order_book::state::synced);
  CHECK(book.counted().dropped == 1);
  CHECK(book.counted().applied == 2);
  CHECK(book.best_bid()->price.text() == "9.5");
  CHECK(book.best_ask()->price.text() == "11");
  CHECK(book.last_id() == 8);
}

TEST_CASE("spot diffs must follow each other without a gap") {
  order_book book;
  book.on(snapshot(4));
  book.on(diff(5, 6));
  book.on(diff(7, 7));
  CHECK(book.current() == order_book::state::synced);
  book.on(diff(9, 10, -1, {level("99", "1")}));
  CHECK(book.current() == order_book::state::stale);
  CHECK(book.counted().holes == 1);
  CHECK_FALSE(book.best_bid());
  book.on(diff(11, 12, -1, {level("10.5", "1")}));
  book.on(snapshot(10));
  CHECK(book.current() == order_book::state::synced);
  CHECK(book.counted().resyncs == 1);
  CHECK(book.counted().holes == 1);
  CHECK(book.best_bid()->price.text() == "10.5");
}

TEST_CASE("futures diffs are chained by pu") {
  order_book book;
  book.on(diff(1, 5, 0));
  book.on(diff(8, 20, 5));
  book.on(snapshot(10));
  CHECK(book.current() == order_book::state::synced);
  CHECK(book.counted().dropped == 1);
  book.on(diff(25, 30, 20));
  CHECK(book.current() == order_book::state::synced);
  book.on(diff(35, 40, 31));
  CHECK(book.current() == order_book::state::stale);
}

TEST_CASE("a first diff that begins behind the snapshot is a hole") {
  order_book spot, futures;
  spot.on(snapshot(4));
  spot.on(diff(6, 9));
  CHECK(spot.current() == order_book::state::stale);
  futures.on(snapshot(4));
  futures.on(diff(6, 9, 5));
  CHECK(futures.current() == order_book::state::stale);
}

TEST_CASE("repeated and older diffs and snapshots change nothing") {
  order_book book;
  book.on(snapshot(4));
  book.on(diff(5, 6, -1, {level("10.2", "1")}));
  book.on(diff(5, 6, -1, {level("10.9", "1")}));
  book.on(snapshot(3));
  CHECK(book.counted().dropped == 1);
  CHECK(book.best_bid()->price.text() == "10.2");
}

TEST_CASE("diffs that wait for a snapshot that never comes are bounded") {
  order_book book;
  for (std::int64_t n = 1; n < 25'000; ++n) book.on(diff(n, n));
  CHECK(book.waiting() <= order_book::waiting_max);
  CHECK(book.counted().discarded + static_cast<std::int64_t>(book.waiting()) == 24'999);
  book.on(snapshot(24'990));
  CHECK(book.current() == order_book::state::synced);
  CHECK(book.last_id() == 24'999);
}

TEST_CASE("the shipped tape gives a whole, uncrossed book") {
  order_book book;
  recorded{}.play(book);
  CHECK(book.current() == order_book::state::synced);
  CHECK(book.counted().holes == 0);
  CHECK(book.counted().dropped == 2);
  CHECK(book.counted().applied == 382);
  CHECK_FALSE(book.crossed());
  CHECK(book.bids().size() > 1000);
}

TEST_CASE("the book's top is what the ticker said at the same update id") {
  // The ticker tells every change of the top at once, the diffs come in bundles: at the end of
  // each bundle the latest ticker up to its last id must be the book's top.
  order_book book;
  quote latest;
  int compared = 0, equal = 0;
  for (const auto& event : recorded{}.events) {
    if (const auto* q = std::get_if<quote>(&event)) latest = *q;
    if (const auto* s = std::get_if<book_snapshot>(&event)) book.on(*s);
    const auto* const d = std::get_if<depth_update>(&event);
    if (!d) continue;
    book.on(*d);
    if (!book.best_bid() || latest.update_id > book.last_id()) continue;
    ++compared;
    equal += book.best_bid()->price == latest.bid && book.best_ask()->price == latest.ask &&
             book.best_bid()->quantity == latest.bid_quantity &&
             book.best_ask()->quantity == latest.ask_quantity;
  }
  CHECK(compared > 300);
  CHECK(equal == compared);
}

TEST_CASE("any diff left out behind the snapshot is noticed") {
  const recorded tape;
  int noticed = 0, tried = 0;
  for (std::size_t n = 4; n + 1 < tape.depths.size(); n += 37) {
    order_book book;
    tape.play(book, tape.depths[n]);
    ++tried;
    noticed += book.current() == order_book::state::stale && book.counted().holes == 1;
  }
  CHECK(tried > 5);
  CHECK(noticed == tried);
}
