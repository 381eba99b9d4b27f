#include <ensue/event/json.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace market {

enum class side { buy, sell };
BOOST_DESCRIBE_ENUM(side, buy, sell)

struct domain_event {
  std::string tenant = "main";
  bool operator==(const domain_event&) const = default;
};
BOOST_DESCRIBE_STRUCT(domain_event, (), (tenant))

struct item {
  std::string sku;
  double price = 0;
  std::optional<std::uint8_t> count;
  bool operator==(const item&) const = default;
};
BOOST_DESCRIBE_STRUCT(item, (), (sku, price, count))

struct by_card {
  static constexpr std::string_view event_name = "card";
  std::string number;
  bool operator==(const by_card&) const = default;
};
BOOST_DESCRIBE_STRUCT(by_card, (), (number))

struct order : domain_event {
  std::int64_t id = 7;
  side way = side::buy;
  std::vector<item> items;
  std::array<int, 2> pair{1, 2};
  std::map<std::string, std::vector<bool>> flags;
  std::variant<std::monostate, by_card, std::string, double> payment;
  std::chrono::milliseconds patience{0};
  wall_time at{};
  uuid request;
  std::vector<std::optional<std::uint64_t>> sparse;
  bool operator==(const order&) const = default;
};
BOOST_DESCRIBE_STRUCT(order, (domain_event),
                      (id, way, items, pair, flags, payment, patience, at, request, sparse))

class secret {
 public:
  int value() const { return value_; }

 private:
  int value_ = 3;
  BOOST_DESCRIBE_CLASS(secret, (), (), (), (value_))
};

struct tree {
  std::vector<tree> kids;
};
BOOST_DESCRIBE_STRUCT(tree, (), (kids))

struct numbers {
  float f = 0;
  std::int8_t i8 = 0;
  std::uint16_t u16 = 0;
};
BOOST_DESCRIBE_STRUCT(numbers, (), (f, i8, u16))

struct wrapped {
  int cents = 0;
};

}  // namespace market

template <>
struct ensue::json_rule<market::wrapped> {
  static void write(json_writer& out, const market::wrapped& v) {
    out.string(std::to_string(v.cents) + "c");
  }
  static bool read(json_reader& in, const json_reader::value& v, market::wrapped& out) {
    std::string_view text;
    if (!in.string(v, text)) return false;
    if (!text.ends_with('c')) return in.expected("cents", v);
    return out.cents = std::stoi(std::string{text}), true;
  }
};

namespace {

using market::order;

market::order full_order() {
  order o;
  o.tenant = "é";
  o.id = 9'223'372'036'854'775'807;
  o.way = market::side::sell;
  o.items = {{"a", 1.5, 3}, {"b", 0.1, std::nullopt}};
  o.pair = {-1, 5};
  o.flags = {{"x", {true, false}}, {"", {}}};
  o.payment = market::by_card{"42"};
  o.patience = 1500ms;
  o.at = wall_time{1'723'075'200s};
  o.request = uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").value();
  o.sparse = {1, std::nullopt};
  return o;
}

template <class T>
std::string problem(std::string_view text, const decode_options& options = {}) {
  const auto decoded = decode_json<T>(text, options);
  REQUIRE_MESSAGE(decoded.has_error(), text);
  return decoded.error().text();
}

}  // namespace

TEST_CASE("a described struct, with bases first and every kind of member") {
  const auto text = encode_json(full_order()).value();
  CHECK(text ==
        R"({"tenant":"é","id":9223372036854775807,"way":"sell",)"
        R"("items":[{"sku":"a","price":1.5,"count":3},{"sku":"b","price":0.1}],"pair":[-1,5],)"
        R"("flags":{"":[],"x":[true,false]},"payment":{"type":"card","value":{"number":"42"}},)"
        R"("patience":"PT1.5S","at":"2024-08-08T00:00:00Z",)"
        R"("request":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","sparse":[1,null]})");
  CHECK(decode_json<order>(text).value() == full_order());
}

TEST_CASE("members that are missing keep their initial value, unless that is refused") {
  const auto o = decode_json<order>("{}").value();
  CHECK(o == order{});
  CHECK(o.tenant == "main");
  CHECK(o.id == 7);
  const decode_options strict{.missing = decode_options::missing_members::refuse};
  CHECK(problem<order>("{}", strict) == "tenant: expected a value, got no such member");
  CHECK(problem<order>(R"({"tenant":"x","id":1,"way":"buy","items":[{"price":1}]})", strict) ==
        "items[0].sku: expected a value, got no such member");
  CHECK(decode_json<market::item>(R"({"sku":"a","price":1})", strict).has_value());
}

TEST_CASE("members nobody knows are passed over, unless that is refused") {
  CHECK(decode_json<market::item>(R"({"sku":"a","colour":"red"})").value().sku == "a");
  const decode_options strict{.unknown = decode_options::unknown_members::refuse};
  CHECK(problem<order>(R"({"items":[{"sku":"a"},{"colour":1}]})", strict) ==
        "items[1].colour: expected no such member");
}

TEST_CASE("null is for optionals only") {
  CHECK_FALSE(decode_json<market::item>(R"({"count":null})").value().count.has_value());
  CHECK(problem<market::item>(R"({"sku":null})") == "sku: expected a string, got null");
}

TEST_CASE("errors name path, expectation and what was there") {
  CHECK(problem<order>("[]") == "expected an object, got an array");
  CHECK(problem<order>(R"({"id":9223372036854775808})") ==
        "id: expected an integer from -9223372036854775808 to 9223372036854775807, got "
        "9223372036854775808");
  CHECK(problem<order>(R"({"items":[{},{"count":256}]})") ==
        "items[1].count: expected an integer from 0 to 255, got 256");
  CHECK(problem<order>(R"({"way":"hold"})") == "way: expected one of buy, sell, got \"hold\"");
  CHECK(problem<order>(R"({"pair":[1]})") == "pair: expected 2 elements, got 1");
  CHECK(problem<order>(R"({"flags":{"x":[1]}})") == "flags.x[0]: expected true or false, got 1");
  CHECK(problem<order>(R"({"payment":{"type":"cash","value":1}})") ==
        "payment.type: expected one of none, card, string, number, got \"cash\"");
  CHECK(problem<order>(R"({"payment":{"type":"card"}})") ==
        "payment.value: expected a value, got no such member");
  CHECK(problem<order>(R"({"patience":"PT0.0001S"})").starts_with("patience: expected an ISO"));
  CHECK(problem<order>(R"({"at":"yesterday"})").starts_with("at: expected an RFC 3339 time"));
  CHECK(problem<order>(R"({"request":"x"})") == "request: expected a UUID, got \"x\"");
}

TEST_CASE("numbers keep within their type") {
  const auto n = decode_json<market::numbers>(R"({"f":0.1,"i8":-128,"u16":65535})").value();
  CHECK(n.f == 0.1f);
  CHECK(n.i8 == -128);
  CHECK(n.u16 == 65535);
  CHECK(encode_json(n).value() == R"({"f":0.1,"i8":-128,"u16":65535})");
  CHECK(problem<market::numbers>(R"({"f":1e39})").starts_with("f: expected a number within"));
  CHECK(problem<market::numbers>(R"({"i8":128})").starts_with("i8: expected an integer from -128"));
}

TEST_CASE("every alternative of a variant comes back") {
  using payment = decltype(order::payment);
  for (const payment& p : {payment{}, payment{market::by_card{"1"}}, payment{"x"}, payment{0.5}})
    CHECK(decode_json<payment>(encode_json(p).value()).value() == p);
  CHECK(encode_json(payment{}).value() == R"({"type":"none","value":{}})");
}

TEST_CASE("private members that are described, and rules of the user") {
  CHECK(encode_json(market::secret{}).value() == R"({"value_":3})");
  CHECK(decode_json<market::secret>(R"({"value_":4})").value().value() == 4);
  CHECK(encode_json(std::vector<market::wrapped>{{250}}).value() == R"(["250c"])");
  CHECK(decode_json<market::wrapped>(R"("99c")").value().cents == 99);
  CHECK(problem<std::vector<market::wrapped>>(R"(["9"])") == "[0]: expected cents, got \"9\"");
}

TEST_CASE("what cannot be encoded is an error with its place") {
  order o;
  o.items = {{"a", 1, {}}, {"\xff", 1, {}}};
  CHECK(encode_json(o).error().text() == "items[1].sku: expected a text in UTF-8, got other bytes");
  o.items.clear();
  o.way = static_cast<market::side>(9);
  CHECK(encode_json(o).error().text() == "way: expected a named enumerator, got 9");
  market::tree deep;
  for (int i = 0; i < 40; ++i) {
    market::tree up;
    up.kids.push_back(std::move(deep));
    deep = std::move(up);
  }
  CHECK(encode_json(deep).error().message.starts_with("nested deeper than"));
}
