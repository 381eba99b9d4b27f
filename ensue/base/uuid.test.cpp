#include <ensue/base/uuid.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("ids of one source rise strictly, also when the clock stands still or steps back") {
  uuid_source source{random_stream{1}};
  wall_time now{1'700'000'000s};
  uuid last;
  for (int i = 0; i < 20'000; ++i) {
    if (i == 10'000) now -= 1h;
    const uuid id = source.next(now);
    REQUIRE(id > last);
    REQUIRE(id.version() == 7);
    REQUIRE(id.standard_variant());
    last = id;
  }
}

TEST_CASE("the time stamp of an id is the milliseconds it was made at") {
  uuid_source source{random_stream{2}};
  CHECK(source.next(wall_time{1'645'557'742s}).unix_ms() == 1'645'557'742'000u);
}

TEST_CASE("text goes out lower case and comes back in either case") {
  const auto id = uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  REQUIRE(id.has_value());
  CHECK(id->text() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CHECK(id->unix_ms() == 1'645'557'742'000u);
  CHECK(uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398").has_error());
  CHECK(uuid::parse("017f22e2x79b0-7cc3-98c4-dc0c0c07398f").has_error());
  CHECK(uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398g").has_error());
}
