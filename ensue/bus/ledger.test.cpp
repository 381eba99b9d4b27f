#include <ensue/bus/ledger.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("the law of conservation holds or is seen to be broken") {
  ledger l;
  CHECK(l.balanced());
  l.accepted = 10;
  CHECK_FALSE(l.balanced());
  l.handled = 3;
  l.filtered = 1;
  l.expired = 1;
  l.dead = 1;
  l.dropped_for(drop_reason::halted) = 1;
  l.dropped_for(drop_reason::shutdown) = 1;
  l.queued = 1;
  l.running = 1;
  CHECK(l.balanced());
  CHECK(l.in_flight() == 2);
  CHECK(l.dropped_total() == 2);
  ++l.handled;
  CHECK_FALSE(l.balanced());
}

TEST_CASE("sums keep every part") {
  ledger a, b;
  a.accepted = a.handled = 2;
  b.accepted = 3;
  b.dead = 1;
  b.dropped_for(drop_reason::superseded) = 2;
  a += b;
  CHECK(a.accepted == 5);
  CHECK(a.balanced());
  CHECK(a.text() == "accepted 5 = handled 2 + dead 1 + dropped (superseded) 2");
}

TEST_CASE("every reason has a name") {
  for (int i = 0; i < static_cast<int>(drop_reason::count); ++i)
    CHECK_FALSE(text(static_cast<drop_reason>(i)).empty());
}
