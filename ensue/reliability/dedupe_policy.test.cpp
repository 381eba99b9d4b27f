#include <ensue/reliability/dedupe_policy.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("each wrong field of a dedupe is named, if it is on") {
  CHECK_FALSE(dedupe_policy{}.on());
  CHECK_FALSE(dedupe_policy{.entries_max = 0}.wrong());
  CHECK_FALSE(dedupe_policy{.window = 1h}.wrong());
  CHECK(*dedupe_policy{.window = -1s}.wrong() ==
        "dedupe.window is -1 s; it must be at least 0 (0: off)");
  CHECK(dedupe_policy{.window = 1h, .entries_max = 0}.wrong());
  CHECK(dedupe_policy{.window = 1h, .in_progress_max = 0}.wrong());
}
