#include <ensue/reliability/fence.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("a fence stops whoever is older than somebody that has passed") {
  fence f;
  CHECK(f.pass(3).has_value());
  CHECK(f.pass(3).has_value());
  CHECK(f.pass(7).has_value());
  CHECK(f.pass(3).error() == errc::refused);
  CHECK(f.highest() == 7);
}
