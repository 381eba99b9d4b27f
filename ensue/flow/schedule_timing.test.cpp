#include <ensue/event/time_text.hpp>
#include <ensue/flow/schedule_timing.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

wall_time at(std::string_view text) { return parse_time(text).value(); }
timing by(std::string_view expression) { return timing::on(cron::parse(expression).value()); }
const wall_time start = at("2026-01-01T00:00:00Z");

}  // namespace

TEST_CASE("the first and the next tick") {
  CHECK(timing::after(5s).first(start) == start + 5s);
  CHECK(timing::after(-5s).first(start) == start);
  CHECK(!timing::after(5s).next(start));
  CHECK(timing::after(duration::max()).first(start) == std::nullopt);
  CHECK(timing::at(start - 1h).first(start) == start - 1h);
  CHECK(timing::fixed_rate(5s).first(start) == start + 5s);
  CHECK(timing::fixed_rate(5s).next(start + 5s) == start + 10s);
  CHECK(by("0 3 * * *").first(start) == start + 3h);
  CHECK(by("@every 90s").what() == timing::kind::fixed_rate);
  CHECK(!by("0 0 30 2 *").first(start));
}

TEST_CASE("the newest tick until now") {
  const auto span = [](const timing& t, wall_time due, wall_time now, std::uint64_t most = 100) {
    const auto s = t.until_now(due, now, most);
    return std::pair{s.newest - due, s.count};
  };
  const timing five = timing::fixed_rate(5s);
  CHECK(span(five, start, start) == std::pair<duration, std::uint64_t>{0s, 1});
  CHECK(span(five, start, start + 4999ms) == std::pair<duration, std::uint64_t>{0s, 1});
  CHECK(span(five, start, start + 5s) == std::pair<duration, std::uint64_t>{5s, 2});
  CHECK(span(five, start, start + 1h) == std::pair<duration, std::uint64_t>{1h, 721});
  CHECK(span(by("0 * * * *"), start, start + 150min) == std::pair<duration, std::uint64_t>{2h, 3});
}

TEST_CASE("the newest tick of a cron is found also when there are too many to count") {
  const timing second = by("* * * * * *");
  const auto s = second.until_now(start, start + 400 * 24h + 500ms, 10);
  CHECK(s.count == 10);
  CHECK(s.newest == start + 400 * 24h);
  const timing rare = by("0 0 29 2 *");
  const auto leap = at("2028-02-29T00:00:00Z");
  CHECK(rare.until_now(leap, at("2036-02-28T23:59:59Z"), 1).newest == at("2032-02-29T00:00:00Z"));
  CHECK(rare.until_now(leap, at("2036-02-29T00:00:00Z"), 1).newest == at("2036-02-29T00:00:00Z"));
  CHECK(rare.until_now(leap, leap, 1).newest == leap);
}

TEST_CASE("a timing is written and read back") {
  const time_zone kolkata = time_zone::fixed(5h + 30min);
  for (const timing& t :
       {timing::after(1500ms), timing::at(start + 1ns), timing::fixed_rate(5s),
        timing::fixed_delay(1ns), by("TZ=Europe/Berlin 0 3 * * *"),
        timing::on(cron::parse("0 3 * * *", {.zone = kolkata}).value()),
        timing::on(cron::parse("0 3 * * *", {.zone = {}, .change = daylight::once}).value())}) {
    const auto again = timing::parse(t.text());
    REQUIRE_MESSAGE(again.has_value(), t.text());
    CHECK(again->text() == t.text());
    CHECK(again->what() == t.what());
    CHECK(again->first(start) == t.first(start));
  }
  CHECK(timing::fixed_rate(90s).text() == "every PT90S");
  for (const char* bad : {"", "every", "every ", "every PT0S", "every -PT1S", "after -PT1S",
                          "sometimes PT5S", "at noon", "cron * * * *", "cron ", "every PT5S "})
    CHECK_MESSAGE(timing::parse(bad).has_error(), bad);
}

TEST_CASE("the id of a tick is that of its schedule and time") {
  const uuid id = tick_id("nightly", start);
  CHECK(id == tick_id("nightly", start));
  CHECK(id.version() == 8);
  CHECK(id.standard_variant());
  CHECK(id.unix_ms() == 1'767'225'600'000);
  std::set<uuid> ids;
  for (int n = 0; n < 1000; ++n) {
    ids.insert(tick_id("a", start + n * 1ns));
    ids.insert(tick_id("b", start + n * 1ns));
  }
  CHECK(ids.size() == 2000);
}
