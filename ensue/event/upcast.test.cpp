#include <ensue/event/upcast.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

#include <stdexcept>

using namespace ensue;

namespace upcast_test {

struct placed_v1 {
  static constexpr std::string_view event_name = "order.placed";
  int cents = 0;
};
BOOST_DESCRIBE_STRUCT(placed_v1, (), (cents))

struct placed {
  static constexpr std::string_view event_name = "order.placed";
  static constexpr int event_version = 2;
  std::string amount;
};
BOOST_DESCRIBE_STRUCT(placed, (), (amount))

}  // namespace upcast_test

using upcast_test::placed;
using upcast_test::placed_v1;

namespace {
std::string lift(const upcasters& steps, int from, int to, std::string_view text) {
  auto document = parse_json(text).value();
  const auto done = steps.apply("order.placed", from, to, document);
  return done ? json_text(document).value() : done.error().text();
}
}  // namespace

TEST_CASE("steps are chained, and only those that are needed run") {
  upcasters steps;
  for (int from = 1; from <= 3; ++from)
    REQUIRE(steps
                .add("order.placed", from,
                     [from](boost::json::value& v) { v.as_array().push_back(from); })
                .has_value());
  CHECK(lift(steps, 1, 4, "[]") == "[1,2,3]");
  CHECK(lift(steps, 3, 4, "[]") == "[3]");
  CHECK(lift(steps, 4, 4, "[]") == "[]");
}

TEST_CASE("a typed step reads the old struct and writes the new one") {
  upcasters steps;
  REQUIRE(steps
              .add<placed_v1, placed>([](placed_v1 old) {
                placed next;
                next.amount = std::to_string(old.cents) + "c";
                return next;
              })
              .has_value());
  CHECK(lift(steps, 1, 2, R"({"cents":250})") == R"({"amount":"250c"})");
  CHECK(lift(steps, 1, 2, R"({"cents":"x"})") ==
        "upcasting order.placed from version 1 failed: cents: expected an integer from -2147483648 "
        "to 2147483647, got \"x\"");
}

TEST_CASE("a missing step, a refusing one and a doubled one are named") {
  upcasters steps;
  const auto fine = [](boost::json::value&) {};
  REQUIRE(steps.add("order.placed", 1, fine).has_value());
  CHECK(steps.add("order.placed", 1, fine).error() == errc::exists);
  CHECK(steps.add("order.placed", 0, fine).error() == errc::invalid);
  CHECK(lift(steps, 1, 3, "[]") == "no upcaster of order.placed from version 2 to 3");
  REQUIRE(steps.add("order.placed", 2, [](boost::json::value&) { throw 7; }).has_value());
  CHECK(lift(steps, 1, 3, "[]").ends_with("it threw something that is no std::exception"));
}
