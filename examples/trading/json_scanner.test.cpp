#include "json_scanner.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using trading::json_scanner;

namespace {

bool well_formed(std::string_view text) {
  json_scanner in{text};
  return in.skip() && in.finish();
}

}  // namespace

TEST_CASE("known keys are read in any order and unknown ones skipped") {
  json_scanner in{R"( {"x":[1,{"t":[]}], "t" : 9223372036854775807, "m":true,"s":"BTC"} )"};
  std::int64_t id = 0;
  bool maker = false;
  std::string name;
  std::string_view key, text;
  REQUIRE(in.enter_object());
  while (in.next_key(key)) {
    if (key == "t") {
      CHECK(in.integer(id));
    } else if (key == "m") {
      CHECK(in.boolean(maker));
    } else if (key == "s") {
      CHECK(in.text(text));
      name = text;
    } else {
      CHECK(in.skip());
    }
  }
  CHECK_FALSE(in.failed());
  CHECK(in.finish());
  CHECK(id == 9223372036854775807);
  CHECK(maker);
  CHECK(name == "BTC");
}

TEST_CASE("a quote or brace inside a string ends nothing") {
  json_scanner in{R"({"a":"}\"]{","b\u0062":1})"};
  std::string_view key, text;
  REQUIRE(in.enter_object());
  REQUIRE(in.next_key(key));
  REQUIRE(in.text(text));
  CHECK(text == "}\"]{");
  REQUIRE(in.next_key(key));
  CHECK(key == "bb");
  CHECK(in.skip());
  CHECK_FALSE(in.next_key(key));
  CHECK(in.finish());
}

TEST_CASE("escapes become the characters they stand for") {
  json_scanner in{R"("\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00")"};
  std::string_view text;
  REQUIRE(in.text(text));
  CHECK(text == "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST_CASE("texts of every form are told from broken ones") {
  for (const char* good : {"{}", "[]", "0", "-0.5e+3", "\"\"", "[1,[2,{\"a\":null}],true,false]",
                           " { \"a\" : [ ] } ", "1E9"}) {
    CAPTURE(good);
    CHECK(well_formed(good));
  }
  for (const char* bad : {"",
                          "{",
                          "}",
                          "[1,]",
                          "[,1]",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{\"a\":1,}",
                          "{a:1}",
                          "[1 2]",
                          "01",
                          "1.",
                          ".5",
                          "-",
                          "1e",
                          "nul",
                          "tru",
                          "\"",
                          "\"\\",
                          "\"\\x\"",
                          "\"\\u12\"",
                          "\"\\ud800\"",
                          "\"\\ude00\"",
                          "\"a\nb\"",
                          "{} {}",
                          "[1]]",
                          "'a'",
                          "NaN",
                          "{\"a\":1 \"b\":2}"}) {
    CAPTURE(bad);
    CHECK_FALSE(well_formed(bad));
  }
  CHECK_FALSE(well_formed(std::string_view("1\0", 2)));
}

TEST_CASE("integers are exact and nothing else is one") {
  std::int64_t value = 0;
  CHECK(json_scanner{"-9223372036854775808"}.integer(value));
  CHECK(value == INT64_MIN);
  for (const char* text : {"9223372036854775808", "1.0", "1e3", "\"1\"", "true", ""}) {
    CAPTURE(text);
    CHECK_FALSE(json_scanner{text}.integer(value));
  }
}

TEST_CASE("a hostile depth is refused, not recursed into") {
  CHECK(well_formed(std::string(60, '[') + std::string(60, ']')));
  json_scanner in{std::string_view{}};
  const std::string deep(100'000, '[');
  json_scanner hostile{deep};
  CHECK_FALSE(hostile.skip());
  CHECK(std::string(hostile.reason()) == "nested too deep");
}

TEST_CASE("the first fault sticks and says where") {
  json_scanner in{R"({"a":1,"b":tru})"};
  std::string_view key;
  REQUIRE(in.enter_object());
  while (in.next_key(key)) in.skip();
  CHECK(in.failed());
  CHECK(std::string(in.reason()) == "expected a value");
  CHECK(in.offset() == 11);
  CHECK_FALSE(in.finish());
  CHECK_FALSE(in.enter_array());
}
