#include <ensue/flow/cron.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

std::string refused(std::string_view expression) {
  const auto c = cron::parse(expression);
  return c ? "accepted" : c.error().what();
}

bool accepted(std::string_view expression) { return cron::parse(expression).has_value(); }

}  // namespace

TEST_CASE("an error names the field, the text and its position") {
  CHECK(refused("60 0 * * *") == "minute \"60\" at 1: expected a number from 0 to 59");
  CHECK(refused("0 0 0 0 * *") == "day of month \"0\" at 7: expected a number from 1 to 31");
  CHECK(refused("0 0 * 1,FOO *") ==
        "month \"FOO\" at 9: expected a number from 1 to 12 or a name from JAN to DEC");
  CHECK(refused("15 10 * * MON-TUR") ==
        "day of week \"TUR\" at 15: expected a number from 0 to 6 or a name from SUN to SAT");
  CHECK(refused("0 */0 * * *") ==
        "hour \"*/0\" at 3: expected a step from 1 to 23 after the slash");
  CHECK(refused("TZ=Europe/Nowhere 0 0 * * *") ==
        "zone \"TZ=Europe/Nowhere\" at 1: the system knows no time zone of that name");
  CHECK(refused("  ") == "expression \"\" at 1: is empty");
  CHECK(refused("* * * *") == "expression \"* * * *\" at 1: expected 5 or 6 fields, got 4");
  CHECK(refused("TZ=UTC 5-3 * * * *") == "minute \"5-3\" at 8: expected a range that rises");
}

TEST_CASE("numbers, ranges and steps that are none") {
  for (const char* bad :
       {"-1 * * * *",   "1- * * * *",          "- * * * *",     "/5 * * * *",     "*/ * * * *",
        "*/-5 * * * *", "1/2/3 * * * *",       "1-2-3 * * * *", "1, * * * *",     ",1 * * * *",
        "1,,2 * * * *", "99999999999 * * * *", "1.5 * * * *",   "0x1 * * * *",    "+1 * * * *",
        "*5 * * * *",   "5* * * * *",          "** * * * *",    "*/90 * * * *",   "*-5 * * * *",
        "? * * * *",    "* ? * * *",           "* * * ? *",     "L * * * *",      "* * W * *",
        "* * 15W * *",  "* * L-3 * *",         "* * * * 8",     "* * * * MONDAY", "* * * * 1#0",
        "* * * * 1#6",  "* * * * 1#",          "* * * * #1",    "* * * * L",      "* * * * 1#1#1",
        "* * * * 1L#1", "H * * * *",           "* * * * * * *", "* * * * 1-L"})
    CHECK_MESSAGE(!accepted(bad), bad);
  for (const char* good : {"*/59 * * * *", "0-59/59 * * * *", "59/59 * * * *", "* * * * 5-7",
                           "* * * * sun-Sat", "* * L * ?", "* * 1,L * *", "* * * * 5L,MON#2",
                           "* * ?/2 * *", "0059 * * * *", "\t*  * * * *  "})
    CHECK_MESSAGE(accepted(good), good << ": " << refused(good));
}

TEST_CASE("a list that names a value twice is a mistake") {
  for (const char* bad : {"0,0 * * * *", "1-5,3 * * * *", "* * * * 0,7", "* * * * SUN,0",
                          "*/15,30 * * * *", "* * L,L * *", "* * * * 1#2,MON#2", "*,5 * * * *"})
    CHECK_MESSAGE(refused(bad).ends_with("names no value that the list has not named before"), bad);
  CHECK(accepted("1-5,3-8 * * * *"));
}

TEST_CASE("descriptors") {
  for (const char* good : {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight",
                           "@hourly", "TZ=Asia/Tokyo @daily", "@every 1h30m", "@every 90s"})
    CHECK_MESSAGE(accepted(good), good);
  for (const char* bad : {"@", "@reboot", "@dayly", "@Daily", "@daily 1", "@every", "@every 1",
                          "@every 0s", "@every h", "@every 30m1h", "@every 1h1h", "@every -1s",
                          "@every 1.5h", "@every 1h 30m", "@every 999999999999h", "TZ=UTC"})
    CHECK_MESSAGE(!accepted(bad), bad);
  CHECK(cron::parse("@every 1h30m")->every() == 5400s);
  CHECK(refused("@every 5x") ==
        "descriptor \"5x\" at 8: expected @every and whole hours, minutes, seconds as in 1h30m, "
        "at least 1s");
}

TEST_CASE("the zone in the text goes before the one that was given") {
  const time_zone tokyo = time_zone::named("Asia/Tokyo").value();
  CHECK(cron::parse("@daily")->zone().name() == "UTC");
  CHECK(cron::parse("@daily", {.zone = tokyo})->zone().name() == "Asia/Tokyo");
  CHECK(cron::parse("CRON_TZ=Europe/Paris @daily", {.zone = tokyo})->zone().name() ==
        "Europe/Paris");
  CHECK(!accepted("TZ= @daily"));
}

TEST_CASE("a text that is too long is refused before it is read") {
  CHECK(!accepted("0" + std::string(cron::text_max, ' ') + "0 * * *"));
  CHECK(refused(std::string(300, '*')).ends_with("is longer than 256 characters"));
}

TEST_CASE("the value of a refused expression throws what is wrong") {
  CHECK_THROWS_WITH((void)cron::parse("61 * * * *").value(),
                    "minute \"61\" at 1: expected a number from 0 to 59");
}
