#include <ensue/event/schema.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

using namespace ensue;

namespace schema_test {

enum class side { buy, sell };
BOOST_DESCRIBE_ENUM(side, buy, sell)

struct base {
  std::uint8_t tenant = 0;
};
BOOST_DESCRIBE_STRUCT(base, (), (tenant))

struct leg {
  static constexpr std::string_view event_name = "order.leg";
  side way{};
  std::optional<double> limit;
  std::vector<leg> next;
};
BOOST_DESCRIBE_STRUCT(leg, (), (way, limit, next))

struct order : base {
  leg first;
  leg second;
  std::map<std::string, std::optional<bool>> flags;
  std::array<std::int64_t, 2> pair{};
  std::variant<std::monostate, std::string> note;
  std::chrono::seconds patience{};
  std::chrono::sys_seconds at{};
  uuid id;
};
BOOST_DESCRIBE_STRUCT(order, (base), (first, second, flags, pair, note, patience, at, id))

}  // namespace schema_test

namespace {
template <class T>
std::string schema_text() {
  return json_text(boost::json::value(schema_of<T>())).value();
}
}  // namespace

TEST_CASE("the schema of a struct says what is written, definitions once") {
  CHECK(schema_text<schema_test::order>() ==
        R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
        R"("$ref":"#/$defs/schema_test.order","$defs":{"schema_test.order":{"type":"object",)"
        R"("properties":{"tenant":{"type":"integer","minimum":0,"maximum":255},)"
        R"("first":{"$ref":"#/$defs/order.leg"},"second":{"$ref":"#/$defs/order.leg"},)"
        R"("flags":{"type":"object","additionalProperties":)"
        R"({"anyOf":[{"type":"boolean"},{"type":"null"}]}},)"
        R"("pair":{"type":"array","items":{"type":"integer","minimum":-9223372036854775808,)"
        R"("maximum":9223372036854775807},"minItems":2,"maxItems":2},)"
        R"("note":{"oneOf":[{"type":"object","properties":{"type":{"const":"none"},)"
        R"("value":{"type":"object"}},"required":["type","value"]},)"
        R"({"type":"object","properties":{"type":{"const":"string"},"value":{"type":"string"}},)"
        R"("required":["type","value"]}]},)"
        R"("patience":{"type":"string","format":"duration"},)"
        R"("at":{"type":"string","format":"date-time"},"id":{"type":"string","format":"uuid"}},)"
        R"("required":["tenant","first","second","flags","pair","note","patience","at","id"]},)"
        R"("order.leg":{"type":"object","properties":{"way":{"type":"string",)"
        R"("enum":["buy","sell"]},"limit":{"type":"number"},)"
        R"("next":{"type":"array","items":{"$ref":"#/$defs/order.leg"}}},)"
        R"("required":["way","next"]}}})");
}

TEST_CASE("a schema of a plain type has no definitions") {
  CHECK(schema_text<std::vector<std::uint64_t>>() ==
        R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"array",)"
        R"("items":{"type":"integer","minimum":0,"maximum":18446744073709551615}})");
}

TEST_CASE("two types of one name get keys of their own, and another prefix is kept to") {
  schema_builder builder{"#/components/schemas/"};
  const char a = 0, b = 0;
  const auto empty = [](schema_builder&) { return boost::json::object{}; };
  CHECK(builder.reference(&a, "x::y<z>", empty)["$ref"] == "#/components/schemas/x.y_z_");
  CHECK(builder.reference(&b, "x.y_z_", empty)["$ref"] == "#/components/schemas/x.y_z__2");
  CHECK(builder.reference(&a, "x::y<z>", empty)["$ref"] == "#/components/schemas/x.y_z_");
  CHECK(builder.take().size() == 2);
}
