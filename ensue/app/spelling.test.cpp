#include <ensue/app/spelling.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("letters apart counts additions, drops, changes and swaps") {
  CHECK(letters_apart("capacity", "capacity") == 0);
  CHECK(letters_apart("capcity", "capacity") == 1);
  CHECK(letters_apart("capactiy", "capacity") == 1);
  CHECK(letters_apart("", "abc") == 3);
  CHECK(letters_apart("drain", "train") == 1);
}

TEST_CASE("the nearest name is suggested, a far one is not") {
  CHECK(suggestion("capcity", {"overflow", "capacity"}) == "; did you mean \"capacity\"?");
  CHECK(suggestion("colour", {"overflow", "capacity"}) == "");
  CHECK(suggestion("x", {}) == "");
}
