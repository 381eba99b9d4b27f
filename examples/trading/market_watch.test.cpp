#include "market_watch.hpp"

#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace trading;

namespace {

depth_update diff(const char* name, std::int64_t first, std::int64_t last) {
  depth_update d;
  d.instrument = symbol{name};
  d.first_id = first;
  d.last_id = last;
  d.form = tape_form::crypto;
  return d;
}

book_snapshot snapshot(std::int64_t id) {
  book_snapshot s;
  s.last_id = id;
  s.form = tape_form::crypto;
  return s;
}

struct watched {
  ensue::sim::world world;
  ensue::bus bus{world.rt()};
  market_statistics statistics{bus};
  order_books books{bus};

  watched() {
    statistics.start();
    books.start();
  }
  order_book::state state_of(const char* name) {
    const auto* const book = books.of(0).find(symbol{name});
    REQUIRE(book);
    return book->current();
  }
};

}  // namespace

TEST_CASE("a snapshot goes to the book whose diffs it meets") {
  watched w;
  (void)w.bus.emit(diff("A", 100, 110));
  (void)w.bus.emit(diff("B", 7, 9));
  (void)w.bus.emit(snapshot(105));
  CHECK(w.state_of("A") == order_book::state::synced);
  CHECK(w.state_of("B") == order_book::state::waiting);
  (void)w.bus.emit(snapshot(8));
  CHECK(w.state_of("B") == order_book::state::synced);
}

TEST_CASE("a snapshot before anything else is kept for the first book") {
  watched w;
  (void)w.bus.emit(snapshot(5));
  (void)w.bus.emit(diff("A", 6, 7));
  CHECK(w.state_of("A") == order_book::state::synced);
}

TEST_CASE("every tape has its own figures and books") {
  watched w;
  trade t;
  t.instrument = symbol{"A"};
  t.form = tape_form::crypto;
  (void)w.bus.emit(t);
  t.tape = 1;
  (void)w.bus.emit(t);
  (void)w.bus.emit(t);
  other_row other;
  other.form = tape_form::crypto;
  other.kind = "kline";
  (void)w.bus.emit(other);
  CHECK(w.statistics.of(0).rows() == 2);
  CHECK(w.statistics.of(1).rows() == 2);
  CHECK(w.statistics.of(7).rows() == 0);
  CHECK(w.books.of(1).size() == 0);
}
