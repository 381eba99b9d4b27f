#include <ensue/base/random.hpp>
#include <ensue/event/json_text.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <string>

using namespace ensue;

namespace {

std::string again(std::string_view text) { return json_text(parse_json(text).value()).value(); }
std::string problem(std::string_view text, const json_limits& limits = {}) {
  const auto parsed = parse_json(text, limits);
  REQUIRE_MESSAGE(parsed.has_error(), text);
  return parsed.error().text();
}

}  // namespace

TEST_CASE("a document comes back compact and in its order") {
  CHECK(again(R"( {"b":[1,-2,3.5,true,null,"x"], "a" : { } } )") ==
        R"({"b":[1,-2,3.5,true,null,"x"],"a":{}})");
}

TEST_CASE("integers of 64 bits are exact, other numbers the nearest double") {
  CHECK(again("[9223372036854775807,-9223372036854775808,18446744073709551615]") ==
        "[9223372036854775807,-9223372036854775808,18446744073709551615]");
  CHECK(parse_json("18446744073709551616").value().get_double() == 18446744073709551616.0);
  CHECK(parse_json("1e-999").value().get_double() == 0.0);
  CHECK(std::signbit(parse_json("-1e-999").value().get_double()));
  CHECK(again("[-0,-0.0,0.0,0]") == "[-0.0,-0.0,0,0]");
  CHECK(problem("[1,1e400]").find("1e400 is out of range") != std::string::npos);
}

TEST_CASE("property: every finite double comes back with all its bits") {
  random_stream random{5};
  for (int i = 0; i < 20'000; ++i) {
    const auto number = std::bit_cast<double>(random.next());
    if (!std::isfinite(number)) continue;
    boost::json::value value = number;
    const auto text = json_text(value).value();
    const auto read = parse_json(text).value();
    const double back = read.is_double() ? read.get_double() : read.to_number<double>();
    REQUIRE_MESSAGE(std::bit_cast<std::uint64_t>(back) == std::bit_cast<std::uint64_t>(number),
                    text);
  }
}

TEST_CASE("a repeated key: the last one counts") {
  CHECK(again(R"({"a":1,"b":2,"a":3})").find("\"a\":3") != std::string::npos);
  CHECK(parse_json(R"({"a":1,"b":2,"a":3})").value().get_object().size() == 2);
}

TEST_CASE("what is no JSON is refused and the byte named") {
  for (const char* bad : {"",
                          " ",
                          "[1,]",
                          "{\"a\":1,}",
                          "[1] 2",
                          "[1]//",
                          "nul",
                          "01",
                          "+1",
                          ".5",
                          "1.",
                          "\"\\x\"",
                          "'a'",
                          "[\"a\tb\"]",
                          "\"\xff\"",
                          "\"\xed\xa0\x80\"",
                          R"("\ud800")",
                          "\xef\xbb\xbf[]",
                          "[",
                          "NaN",
                          "Infinity"})
    problem(bad);
  CHECK(problem("[1,x]").find("at byte 3") != std::string::npos);
  CHECK(problem(std::string_view{"1\0", 2}).find("at byte 1") != std::string::npos);
}

TEST_CASE("limits on bytes, depth and elements") {
  CHECK(parse_json("[[1]]", {.bytes = 5, .depth = 2, .elements = 3}).has_value());
  CHECK(problem("[[1]]", {.bytes = 4}) == "the text has 5 bytes, the limit is 4");
  CHECK(problem("[[1]]", {.depth = 1}).find("too deep") != std::string::npos);
  CHECK(problem("[1,2]", {.elements = 2}).find("more elements than the limit") !=
        std::string::npos);
  CHECK(problem(std::string(200'000, '[')).find("too deep") != std::string::npos);
  CHECK(problem("[[],{}]", {.elements = 2}).find("more elements") != std::string::npos);
}

TEST_CASE("what JSON cannot say is an error on the way out, with its place") {
  boost::json::value value = {{"a", {1.0, NAN}}};
  CHECK(json_text(value).error().path == "a[1]");
  value = {{"b", {{"c", "\xc3"}}}};
  CHECK(json_text(value).error().path == "b.c");
}

TEST_CASE("well-formed UTF-8") {
  for (const char* good : {"", "abc", "\xc3\xa9", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(valid_utf8(good));
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x28\xa1"})
    CHECK_FALSE(valid_utf8(bad));
}
