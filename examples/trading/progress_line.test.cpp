#include "progress_line.hpp"

#include <doctest/doctest.h>

#include <cstdio>

using namespace trading;
using namespace std::chrono_literals;

TEST_CASE("the line says how far, how fast and how long") {
  CHECK(progress_text("tape.gz", 0.25, 10'000, 2s) ==
        "tape.gz [#####...............] 25 %  10,000  5,000/s  6.0 s left");
  CHECK(progress_text("-", -1, 10'000, 2s) == "-  10,000  5,000/s");
  CHECK(progress_text("x", 1, 7, 0s) == "x [####################] 100 %  7  0/s");
  CHECK(progress_text(std::string(200, 'n'), 0.5, INT64_MAX, 1s).size() <= 79);
  CHECK(progress_text(std::string(200, 'n'), 0.5, INT64_MAX, 1s).ends_with("  1.0 s left"));
  const std::string busy = progress_text(std::string(200, 'n'), 0.25, 123'456'789, 1000s);
  CHECK(busy.size() <= 79);
  CHECK(busy.starts_with("nnn"));
  CHECK(busy.find("123,456/s") != std::string::npos);
  CHECK(busy.ends_with(" left"));
}

TEST_CASE("nothing is drawn where there is no terminal") {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file);
  {
    progress_line line{file};
    CHECK_FALSE(line.visible());
    line.show(ensue::time_point{}, "x", 0.5, 1);
    line.show(ensue::time_point{10s}, "x", 0.5, 1);
  }
  CHECK(std::ftell(file) == 0);
  std::fclose(file);
}
