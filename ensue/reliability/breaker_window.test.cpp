#include <ensue/reliability/breaker_window.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("a call is counted for the window, to a tenth of it") {
  breaker_window w{10s};
  const time_point t{1h};
  w.add(t, true);
  w.add(t + 5s, false);
  CHECK(w.count(t + 9s).calls == 2);
  CHECK(w.count(t + 9s).failed == 1);
  CHECK(w.count(t + 10s).calls == 1);
  CHECK(w.count(t + 10s).failed == 0);
  CHECK(w.count(t + 15s).calls == 0);
}

TEST_CASE("a long silence and a clear empty it") {
  breaker_window w{1s};
  for (int i = 0; i < 100; ++i) w.add(time_point{1h}, true);
  CHECK(w.count(time_point{100h}).calls == 0);
  w.add(time_point{100h}, true);
  w.clear();
  CHECK(w.count(time_point{100h}).calls == 0);
}
