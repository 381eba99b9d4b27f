#include "events.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace trading;

TEST_CASE("the tick of an event is found whatever its kind") {
  market_event event = quote{};
  tick_of(event).row = 7;
  CHECK(std::get<quote>(event).row == 7);
  event = other_row{};
  tick_of(event).tape = 3;
  const market_event& same = event;
  CHECK(tick_of(same).tape == 3);
}

TEST_CASE("every veto has a name of its own") {
  std::set<std::string> names;
  for (std::size_t n = 0; n < veto_count; ++n) {
    names.emplace(veto_name(static_cast<veto>(n)));
  }
  CHECK(names.size() == veto_count);
  CHECK_FALSE(names.contains("unknown"));
}
