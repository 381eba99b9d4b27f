#include <ensue/event/json_reader.hpp>

#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <limits>

using namespace ensue;

namespace {

std::int64_t signed_of(std::string_view text, std::int64_t least, std::int64_t most) {
  json_reader in{{}};
  std::int64_t out = 0;
  if (!in.integer(parse_json(text).value(), least, most, out)) throw in.take_error();
  return out;
}
std::uint64_t unsigned_of(std::string_view text, std::uint64_t most) {
  json_reader in{{}};
  std::uint64_t out = 0;
  if (!in.integer(parse_json(text).value(), most, out)) throw in.take_error();
  return out;
}

constexpr auto least64 = std::numeric_limits<std::int64_t>::min();
constexpr auto most64 = std::numeric_limits<std::int64_t>::max();
constexpr auto most_u64 = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("integers are exact, or refused") {
  CHECK(signed_of("9223372036854775807", least64, most64) == most64);
  CHECK(signed_of("-9223372036854775808", least64, most64) == least64);
  CHECK(unsigned_of("18446744073709551615", most_u64) == most_u64);
  CHECK(signed_of("5.0", 0, 10) == 5);
  CHECK(unsigned_of("1e3", 1000) == 1000);
  CHECK_THROWS_AS(signed_of("9223372036854775808", least64, most64), codec_error);
  CHECK_THROWS_AS(signed_of("-9223372036854775809", least64, most64), codec_error);
  CHECK_THROWS_AS(signed_of("9007199254740992.0", least64, most64), codec_error);
  CHECK(signed_of("-9007199254740991.0", least64, most64) == -9007199254740991);
  CHECK_THROWS_AS(signed_of("5.5", 0, 10), codec_error);
  CHECK_THROWS_AS(signed_of("11", 0, 10), codec_error);
  CHECK_THROWS_AS(signed_of("1e300", least64, most64), codec_error);
  CHECK_THROWS_AS(signed_of("\"5\"", 0, 10), codec_error);
  CHECK_THROWS_AS(unsigned_of("-1", most_u64), codec_error);
  CHECK_THROWS_AS(unsigned_of("18446744073709551616", most_u64), codec_error);
}

TEST_CASE("an error names the place, what was expected and what was there") {
  json_reader in{{}};
  const json_reader::at items{in, "items"};
  const json_reader::at second{in, 1};
  const json_reader::at price{in, "price"};
  double out = 0;
  CHECK_FALSE(in.number("dear", out));
  CHECK_FALSE(in.fail("a second error does not count"));
  const auto error = in.take_error();
  CHECK(error.path == "items[1].price");
  CHECK(error.message == "expected a number, got \"dear\"");
  CHECK(error.text() == "items[1].price: expected a number, got \"dear\"");
}

TEST_CASE("long texts are not repeated in errors") {
  json_reader in{{}};
  bool out = false;
  CHECK_FALSE(in.boolean(boost::json::value(std::string(1000, 'x').c_str()), out));
  CHECK(in.take_error().text() == "expected true or false, got a string");
}
