#include <ensue/flow/time_zone.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono;

namespace {

constexpr sys_seconds at(int y, unsigned m, unsigned d, int h = 0) {
  return sys_days{year{y} / static_cast<int>(m) / static_cast<int>(d)} + hours{h};
}

}  // namespace

TEST_CASE("UTC and fixed offsets never change") {
  CHECK(time_zone{}.at(at(2026, 7, 1)).offset == 0s);
  CHECK(time_zone{}.name() == "UTC");
  const time_zone india = time_zone::fixed(5h + 30min);
  CHECK(india.name() == "+05:30");
  CHECK(india.at(at(1970, 1, 1)).offset == 19'800s);
  CHECK(india.at(at(1970, 1, 1)).end > at(2200, 1, 1));
  CHECK(time_zone::fixed(-3h).name() == "-03:00");
  CHECK(time_zone::named("-03:00")->at(at(1970, 1, 1)).offset == -3h);
}

TEST_CASE("a named zone has its summer") {
  const time_zone berlin = time_zone::named("Europe/Berlin").value();
  const time_zone::period summer = berlin.at(at(2026, 7, 1));
  CHECK(summer.offset == 2h);
  CHECK(summer.begin == at(2026, 3, 29, 1));
  CHECK(summer.end == at(2026, 10, 25, 1));
  CHECK(berlin.at(summer.end).offset == 1h);
  CHECK(berlin.at(summer.end).begin == summer.end);
}

TEST_CASE("the law of today goes on after the zone files end") {
  const time_zone berlin = time_zone::named("Europe/Berlin").value();
  const time_zone::period summer = berlin.at(at(2050, 7, 1));
  CHECK(summer.offset == 2h);
  CHECK(summer.begin == at(2050, 3, 27, 1));  // the last Sunday
  CHECK(summer.end == at(2050, 10, 30, 1));
  CHECK(berlin.at(at(2099, 12, 24)).offset == 1h);
  const time_zone india = time_zone::named("Asia/Kolkata").value();
  CHECK(india.at(at(2050, 7, 1)).offset == 19'800s);
}

TEST_CASE("the periods of a zone follow each other without a hole") {
  for (const char* name : {"America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"}) {
    const time_zone zone = time_zone::named(name).value();
    time_zone::period p = zone.at(at(1960, 1, 1));
    for (int n = 0; n < 400 && p.end < at(2095, 1, 1); ++n) {
      const time_zone::period next = zone.at(p.end);
      CAPTURE(name);
      CAPTURE(p.end.time_since_epoch().count());
      REQUIRE(next.begin <= p.end);  // equal, but where the name alone changed
      REQUIRE(next.end > p.end);
      p = next;
    }
  }
}

TEST_CASE("a name that is no zone is not found") {
  for (const char* name : {"", "Foo", "Europe/Berlin2", "../etc/passwd", "local", "+5:30", "+24:00",
                           "+05:60", "05:300"})
    CHECK(time_zone::named(name).error() == errc::not_found);
}
