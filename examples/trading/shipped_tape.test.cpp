#include "shipped_tape.hpp"

#include <doctest/doctest.h>

#include <filesystem>

TEST_CASE("the shipped tape is where the program looks for it") {
  CHECK(std::filesystem::file_size(trading::shipped_tape()) > 1000);
}
