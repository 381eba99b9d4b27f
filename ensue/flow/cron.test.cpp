#include <ensue/base/random.hpp>
#include <ensue/event/time_text.hpp>
#include <ensue/flow/cron.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono;

namespace {

wall_time at(std::string_view text) { return parse_time(text).value(); }

std::string next(std::string_view expression, std::string_view after, const cron_options& o = {}) {
  const auto found = cron::parse(expression, o).value().next(at(after));
  return found ? time_text(*found) : "never";
}

time_zone new_york() { return time_zone::named("America/New_York").value(); }

}  // namespace

TEST_CASE("the next moment is later, on a full second") {
  CHECK(next("* * * * *", "2026-01-01T00:00:00Z") == "2026-01-01T00:01:00Z");
  CHECK(next("* * * * *", "2026-01-01T00:00:59.999999999Z") == "2026-01-01T00:01:00Z");
  CHECK(next("* * * * * *", "2026-01-01T00:00:00Z") == "2026-01-01T00:00:01Z");
  CHECK(next("* * * * * *", "2026-01-01T00:00:00.5Z") == "2026-01-01T00:00:01Z");
  CHECK(next("59 59 23 31 12 *", "2026-12-31T23:59:58Z") == "2026-12-31T23:59:59Z");
  CHECK(next("59 59 23 31 12 *", "2026-12-31T23:59:59Z") == "2027-12-31T23:59:59Z");
  CHECK(next("10 20 5 * * *", "2026-05-01T05:20:11Z") == "2026-05-02T05:20:10Z");
}

TEST_CASE("steps, ranges and names") {
  CHECK(next("5/15 * * * *", "2026-01-01T00:50:00Z") == "2026-01-01T01:05:00Z");
  CHECK(next("0 9-17/4 * * mon-fri", "2026-01-02T17:00:00Z") == "2026-01-05T09:00:00Z");
  CHECK(next("0 0 1 feb,NOV *", "2026-03-01T00:00:00Z") == "2026-11-01T00:00:00Z");
  CHECK(next("0 0 * * 7", "2026-01-01T00:00:00Z") == "2026-01-04T00:00:00Z");
  CHECK(next("0 0 * * 5-7", "2026-01-03T00:00:00Z") == "2026-01-04T00:00:00Z");
}

TEST_CASE("two restricted day fields: either will do") {
  CHECK(next("0 0 13 * fri", "2026-01-01T00:00:00Z") == "2026-01-02T00:00:00Z");
  CHECK(next("0 0 13 * fri", "2026-01-09T00:00:00Z") == "2026-01-13T00:00:00Z");
  CHECK(next("0 0 */10 * sun", "2026-01-01T00:00:00Z") == "2026-01-04T00:00:00Z");
  CHECK(next("0 0 */1 * sun", "2026-01-01T00:00:00Z") == "2026-01-04T00:00:00Z");
  CHECK(next("0 0 ? * sun", "2026-01-01T00:00:00Z") == "2026-01-04T00:00:00Z");
}

TEST_CASE("last and n-th days") {
  CHECK(next("0 0 L * *", "2028-02-01T00:00:00Z") == "2028-02-29T00:00:00Z");
  CHECK(next("0 0 L * *", "2026-02-01T00:00:00Z") == "2026-02-28T00:00:00Z");
  CHECK(next("0 0 ? * FRIL", "2026-02-01T00:00:00Z") == "2026-02-27T00:00:00Z");
  CHECK(next("0 0 ? * 5#2", "2026-02-01T00:00:00Z") == "2026-02-13T00:00:00Z");
  CHECK(next("0 0 ? * SUN#1", "2026-02-01T00:00:00Z") == "2026-03-01T00:00:00Z");
  CHECK(next("0 0 ? 2 5#5", "2026-01-01T00:00:00Z") == "2036-02-29T00:00:00Z");
}

TEST_CASE("rare days are found, impossible ones are not") {
  CHECK(next("0 0 29 2 *", "2096-03-01T00:00:00Z") == "2104-02-29T00:00:00Z");
  CHECK(next("0 0 30 2 *", "2026-01-01T00:00:00Z") == "never");
  CHECK(next("0 0 31 4,6,9,11 *", "2026-01-01T00:00:00Z") == "never");
  CHECK(next("0 0 1 1 *", "2261-06-01T00:00:00Z") == "never");  // 2262 is the end of wall_time
  CHECK(!cron::parse("* * * * *")->next(wall_time::max()));
  CHECK(cron::parse("* * * * *")->next(wall_time::min()).has_value());
}

TEST_CASE("a skipped time does not fire, a repeated one fires twice") {
  const cron_options o{.zone = new_york()};
  CHECK(next("30 2 * * *", "2012-03-10T03:00:00-05:00", o) == "2012-03-12T06:30:00Z");
  CHECK(next("0 * * * *", "2012-03-11T01:00:00-05:00", o) == "2012-03-11T07:00:00Z");
  CHECK(next("30 1 * * *", "2012-11-04T00:00:00-04:00", o) == "2012-11-04T05:30:00Z");
  CHECK(next("30 1 * * *", "2012-11-04T05:30:00Z", o) == "2012-11-04T06:30:00Z");
  CHECK(next("30 1 * * *", "2012-11-04T06:30:00Z", o) == "2012-11-05T06:30:00Z");
}

TEST_CASE("with daylight::once what is daily happens once a day") {
  const cron_options o{.zone = new_york(), .change = daylight::once};
  CHECK(next("30 2 * * *", "2012-03-10T03:00:00-05:00", o) == "2012-03-11T07:00:00Z");
  CHECK(next("30 2 * * *", "2012-03-11T07:00:00Z", o) == "2012-03-12T06:30:00Z");
  CHECK(next("30 2,3 * * *", "2012-03-11T07:00:00Z", o) == "2012-03-11T07:30:00Z");
  CHECK(next("0 3 * * *", "2012-03-11T06:00:00Z", o) == "2012-03-11T07:00:00Z");
  CHECK(next("0 3 * * *", "2012-03-11T07:00:00Z", o) == "2012-03-12T07:00:00Z");
  CHECK(next("30 1 * * *", "2012-11-04T05:30:00Z", o) == "2012-11-05T06:30:00Z");
  CHECK(next("30 1 * * *", "2012-11-04T05:45:00Z", o) == "2012-11-05T06:30:00Z");
  CHECK(next("30 1 * * *", "2012-11-04T06:10:00Z", o) == "2012-11-05T06:30:00Z");
  CHECK(next("0 2 * * *", "2012-11-04T05:30:00Z", o) == "2012-11-04T07:00:00Z");
  CHECK(next("0 * * * *", "2012-11-04T05:00:00Z", o) == "2012-11-04T06:00:00Z");  // hourly: all 25
}

TEST_CASE("an interval counts from the last moment") {
  CHECK(next("@every 1h30m", "2026-01-01T00:00:00.25Z") == "2026-01-01T01:30:00Z");
  CHECK(!cron::parse("@every 1s")->matches(at("2026-01-01T00:00:00Z")));
}

TEST_CASE("matches says what next says") {
  const cron c = cron::parse("*/20 * * * *").value();
  CHECK(c.matches(at("2026-01-01T00:40:00Z")));
  CHECK(!c.matches(at("2026-01-01T00:40:00.000000001Z")));
  CHECK(!c.matches(at("2026-01-01T00:40:01Z")));
  CHECK(!c.matches(at("2026-01-01T00:41:00Z")));
  CHECK(!c.matches(wall_time::min()));
}

namespace {

// An expression and, told in another way, the values that it means.
struct drawn {
  std::string text;
  std::set<unsigned> minutes, hours, days, months, weekdays;
  bool any_day = false, any_weekday = false;

  // `*`, a value, a range, or a range in steps; true when it was `*`.
  bool draw(random_stream& r, std::set<unsigned>& into, unsigned first, unsigned last) {
    const auto within = [&](unsigned a, unsigned b) {
      return a + static_cast<unsigned>(r.below(b - a + 1));
    };
    const auto kind = r.below(4);
    const unsigned a = kind == 0 ? first : within(first, last);
    const unsigned b = kind == 0 ? last : kind == 1 ? a : within(a, last);
    const unsigned step = kind == 3 ? within(1, last - first) : 1;
    for (unsigned n = a; n <= b; n += step) into.insert(n);
    text += kind == 0 ? "*" : std::to_string(a);
    if (kind >= 2) text += "-" + std::to_string(b);
    if (kind == 3) text += "/" + std::to_string(step);
    text += ' ';
    return kind == 0;
  }

  explicit drawn(random_stream& r) {
    draw(r, minutes, 0, 59);
    draw(r, hours, 0, 23);
    any_day = draw(r, days, 1, 31);
    draw(r, months, 1, 12);
    any_weekday = draw(r, weekdays, 0, 6);
  }

  bool holds(sys_seconds local) const {
    const sys_days day = floor<std::chrono::days>(local);
    const year_month_day date{day};
    const hh_mm_ss time{local - day};
    const bool d = days.contains(static_cast<unsigned>(date.day()));
    const bool w = weekdays.contains(weekday{day}.c_encoding());
    return time.seconds() == 0s &&
           minutes.contains(static_cast<unsigned>(time.minutes().count())) &&
           hours.contains(static_cast<unsigned>(time.hours().count())) &&
           months.contains(static_cast<unsigned>(date.month())) &&
           (any_day || any_weekday ? d && w : d || w);
  }
};

}  // namespace

TEST_CASE("next is later, matches, and nothing between matches: against a walk by the minute") {
  random_stream r{2026, "cron"};
  const std::vector<time_zone> zones{
      {},
      new_york(),
      time_zone::named("Australia/Lord_Howe").value(),  // half an hour of summer time
      time_zone::named("Pacific/Apia").value(),         // left out a day in 2011
      time_zone::named("America/Sao_Paulo").value(),    // changed at midnight
      time_zone::fixed(-(3h + 30min))};
  for (int round = 0; round < 400; ++round) {
    const drawn d{r};
    const time_zone& zone = zones[r.below(zones.size())];
    const cron c = cron::parse(d.text, {.zone = zone}).value();
    // Near a change of the clock, if there is one.
    const sys_seconds around = sys_days{2011y / January / 1} + days{r.below(3000)};
    const sys_seconds change = zone.at(around).end;
    sys_seconds t =
        (change < sys_days{2100y / January / 1} ? change : around) - 5h + seconds{r.below(40'000)};
    CAPTURE(d.text);
    CAPTURE(zone.name());
    CAPTURE(t.time_since_epoch().count());
    const auto found = c.next(t);
    const sys_seconds end = found ? floor<seconds>(*found) : t + 3 * 24h;
    if (found) REQUIRE(*found > t);
    if (found) REQUIRE(d.holds(end + zone.at(end).offset));
    if (found) REQUIRE(c.matches(*found));
    const sys_seconds stop = std::min(end, t + 3 * 24h);
    for (t = floor<minutes>(t) + 1min; t < stop; t += 1min)
      REQUIRE(!d.holds(t + zone.at(t).offset));
  }
}
