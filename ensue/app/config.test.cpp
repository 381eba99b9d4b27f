#include <ensue/app/config.hpp>

#include <doctest/doctest.h>

#include <string>
#include <tests/temporary_folder.hpp>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("values of every type are read from a file") {
  const temporary_file f{
      "title = \"shop\"\n[bus]\ncapacity = 64\nfast = true\nload = 0.5\nwait = \"1.5s\"\n"
      "[components.\"a.b\"]\nneeds = [\"x\", \"y\"]\n"};
  config c{f.path()};
  CHECK(c.get("title", std::string{}) == "shop");
  CHECK(c.get("bus.capacity", 1) == 64);
  CHECK(c.get("bus.fast", false));
  CHECK(c.get("bus.load", 0.0) == 0.5);
  CHECK(c.get("bus.wait", duration{}) == 1500ms);
  CHECK(c.get("components.a.b.needs", lines{}) == lines{"x", "y"});
  CHECK(c.get("bus.other", 7) == 7);
  CHECK(c.problems().empty());
}

TEST_CASE("a wrong value names key, file, line, what was expected and what was there") {
  const temporary_file f{"[bus]\ncapacity = \"many\"\n\ndepth = 99\nwait = 5\nmode = \"fast\"\n"};
  config c{f.path()};
  CHECK(c.get("bus.capacity", 3) == 3);
  CHECK(c.get_between("bus.depth", 16, 1, 50) == 16);
  CHECK(c.get("bus.wait", duration{1s}) == 1s);
  CHECK(c.one_of("bus.mode", 0, {"wait", "reject"}) == 0);
  const std::string at = f.path();
  CHECK(
      c.problems() ==
      lines{at + ":2: bus.capacity: expected a whole number from -2147483648 to 2147483647, got "
                 "\"many\"",
            at + ":4: bus.depth: expected a whole number from 1 to 50, got 99",
            at + ":5: bus.wait: expected a duration like \"200ms\" (units ns us ms s min h), got 5",
            at + ":6: bus.mode: expected one of wait reject, got \"fast\""});
}

TEST_CASE("a key nobody reads is wrong and gets a suggestion") {
  const temporary_file f{"[bus]\ncapcity = 64\n[zoo]\nx = 1\n"};
  config c{f.path()};
  (void)c.get("bus.capacity", 3);
  CHECK(c.problems() ==
        lines{f.path() + ":2: bus.capcity: unknown key; did you mean \"bus.capacity\"?",
              f.path() + ":4: zoo.x: unknown key"});
}

TEST_CASE("a variable wins over the file, is checked as strictly, and may not be misspelt") {
  const temporary_file f{"[bus]\ncapacity = 64\n"};
  config c{f.path(),
           {{"ENSUE_BUS_CAPACITY", "128"},
            {"ENSUE_BUS_FAST", "1"},
            {"ENSUE_BUS_WAIT", "200"},
            {"ENSUE_BUS_NEEDS", "a,b"},
            {"ENSUE_BUS_DEPHT", "3"},
            {"ENSUE_JOBS", "2"},
            {"HOME", "/"}}};
  CHECK(c.get("bus.capacity", 1) == 128);
  CHECK(c.get("bus.fast", false));
  CHECK(c.get("bus.needs", lines{}) == lines{"a", "b"});
  CHECK(c.get("bus.wait", duration{}) == 0s);
  (void)c.get("bus.depth", 1);
  CHECK(c.problems() ==
        lines{"ENSUE_BUS_WAIT: expected a duration like \"200ms\" (units ns us ms s min h), got "
              "\"200\"",
              "ENSUE_BUS_DEPHT: unknown variable; did you mean \"ENSUE_BUS_DEPTH\"?"});
}

TEST_CASE("a file that is no TOML, or is not there, is one problem with its place") {
  const temporary_file f{"[bus]\ncapacity = \n"};
  const config c{f.path()};
  REQUIRE(c.problems().size() == 1);
  CHECK(c.problems()[0].starts_with(f.path() + ":2: "));
  const config none{"/no/such/file.toml"};
  CHECK(none.problems() == lines{"/no/such/file.toml: cannot be read"});
}

TEST_CASE("durations") {
  duration d{};
  CHECK((parse_duration("250us", d) && d == 250us));
  CHECK((parse_duration("2min", d) && d == 2min));
  CHECK((parse_duration("0s", d) && d == 0s));
  for (const char* text : {"", "5", "s", "5 s", "-5s", "5m", "1.2.3s", "99999999999h"})
    CHECK_FALSE(parse_duration(text, d));
}
