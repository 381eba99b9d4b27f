#include <ensue/base/duration_text.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("a duration reads short and exact") {
  CHECK(text(0ns) == "0 ns");
  CHECK(text(1500us) == "1.5 ms");
  CHECK(text(3s + 1us) == "3.000001 s");
  CHECK(text(-20us) == "-20 us");
  CHECK(text(24h) == "86400 s");
}
