#include <ensue/flow/saga_record.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace ensue;

TEST_CASE("a derived id is always the same, of version 8, and differs with its text") {
  const uuid id = derived_id("fulfilment/o-1/3/0");
  CHECK(id == derived_id("fulfilment/o-1/3/0"));
  CHECK(id.text() == "0ef26a1f-4905-8016-b500-03015e347c7d");
  CHECK(id.version() == 8);
  CHECK(id.standard_variant());
  std::set<uuid> all;
  for (int i = 0; i < 20'000; ++i) all.insert(derived_id(std::to_string(i)));
  CHECK(all.size() == 20'000);
}

TEST_CASE("any JSON goes through a record unchanged") {
  for (const char* text : {R"({"a":[1,-2,2.5,1e+300,true,false,null,"ä\n"],"b":{},"c":[]})",
                           "18446744073709551615", "[[[]]]", "\"\"", "null"}) {
    any_json value;
    value.value = parse_json(text).value();
    CHECK(encode_json(value).value() == text);
    CHECK(decode_json<any_json>(text).value() == value);
  }
}
