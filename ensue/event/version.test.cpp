#include <ensue/event/version.hpp>

#include <doctest/doctest.h>

using namespace ensue;

namespace {
semantic_version read(std::string_view text) { return semantic_version::parse(text).value(); }
}  // namespace

TEST_CASE("parts are read and written back") {
  const auto v = read("1.20.3-rc.1.x-y+build.007");
  CHECK(v.major == "1");
  CHECK(v.minor == "20");
  CHECK(v.patch == "3");
  CHECK(v.prerelease == std::vector<std::string>{"rc", "1", "x-y"});
  CHECK(v.build == "build.007");
  for (const char* text : {"0.0.0", "1.20.3-rc.1.x-y+build.007", "1.0.0+-", "1.0.0--",
                           "99999999999999999999999999.0.1"})
    CHECK(read(text).text() == text);
}

TEST_CASE("what the grammar does not allow is refused") {
  for (const char* bad :
       {"", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.03", "v1.2.3", "1.2.3-", "1.2.3+", "1.2.3-a..b",
        "1.2.3-01", "1.2.3+a+b", "1.2.3-ä", " 1.2.3", "1.2.-3", "1..3"})
    CHECK_MESSAGE(semantic_version::parse(bad).has_error(), bad);
}

TEST_CASE("precedence") {
  const char* rising[] = {"0.9.9",
                          "1.0.0-1",
                          "1.0.0-2",
                          "1.0.0-10",
                          "1.0.0-a.b",
                          "1.0.0-alpha",
                          "1.0.0-beta",
                          "1.0.0-rc",
                          "1.0.0-rc.1",
                          "1.0.0",
                          "1.0.1",
                          "1.9.0",
                          "1.10.0",
                          "9.0.0",
                          "10.0.0",
                          "99999999999999999999.0.0",
                          "100000000000000000000.0.0"};
  CHECK(read("1.0.0-a.b") < read("1.0.0-alpha"));
  for (std::size_t i = 0; i + 1 < std::size(rising); ++i) {
    CHECK_MESSAGE(read(rising[i]) < read(rising[i + 1]), rising[i]);
    CHECK_MESSAGE(read(rising[i + 1]) > read(rising[i]), rising[i]);
  }
  CHECK(read("1.0.0+a") == read("1.0.0+b"));
}
