#include <ensue/base/clock.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("adding to a time point saturates at both ends") {
  CHECK(saturating_add(time_point{} + 1s, 2s) == time_point{} + 3s);
  CHECK(saturating_add(time_point{} + 1s, duration::max()) == never);
  CHECK(saturating_add(never, 1ns) == never);
  CHECK(saturating_add(time_point{} + 1s, -2s) == time_point{});
}
