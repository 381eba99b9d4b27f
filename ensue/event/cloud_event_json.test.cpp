#include <ensue/event/cloud_event.hpp>

#include <doctest/doctest.h>

namespace ensue {
namespace {

cloud_event order() {
  cloud_event e{.id = "1", .source = "/shop", .type = "order.placed"};
  e.time = wall_time{std::chrono::seconds{1}};
  e.set_extension("partitionkey", "k\"7");
  return e;
}

std::string error_of(std::string_view text) {
  const auto e = decode_cloud_event(text);
  return e ? "" : e.error().text();
}

TEST_CASE("cloud event json: data of a JSON type stands in the text as it is") {
  cloud_event e = order();
  e.data = R"({"cents":18446744073709551615})";
  const std::string text = encode_cloud_event(e).value();
  CHECK(text == R"({"specversion":"1.0","id":"1","source":"/shop","type":"order.placed",)"
                R"("time":"1970-01-01T00:00:01Z","partitionkey":"k\"7",)"
                R"("data":{"cents":18446744073709551615}})");
  CHECK(decode_cloud_event(text).value() == e);
}

TEST_CASE("cloud event json: text and bytes") {
  cloud_event e = order();
  e.content_type = "text/plain";
  e.data = "grüße";
  CHECK(encode_cloud_event(e)->find(R"("data":"grüße")") != std::string::npos);
  CHECK(decode_cloud_event(encode_cloud_event(e).value()).value() == e);
  e.data = std::string{"\0\xff\x80", 3};
  CHECK(encode_cloud_event(e)->find(R"("data_base64":"AP+A")") != std::string::npos);
  CHECK(decode_cloud_event(encode_cloud_event(e).value()).value() == e);
  e.data.clear();
  CHECK(decode_cloud_event(encode_cloud_event(e).value()).value() == e);
}

TEST_CASE("cloud event json: no data, and data that is null") {
  const auto none = decode_cloud_event(R"({"specversion":"1.0","id":"1","source":"s","type":"t"})");
  CHECK(none->data.empty());
  const auto null =
      decode_cloud_event(R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":null})");
  CHECK(null->data == "null");
  CHECK(encode_cloud_event(*none)->find("data") == std::string::npos);
}

TEST_CASE("cloud event json: a string is JSON data unless the type says otherwise") {
  CHECK(decode_cloud_event(R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":"x"})")
            ->data == "\"x\"");
  CHECK(decode_cloud_event(R"({"specversion":"1.0","id":"1","source":"s","type":"t",)"
                           R"("datacontenttype":"text/xml","data":"<x/>"})")
            ->data == "<x/>");
}

TEST_CASE("cloud event json: extensions of all kinds, null is not set") {
  const auto e = decode_cloud_event(
      R"({"specversion":"1.0","id":"1","source":"s","type":"t","n":7,"b":true,"x":null,"subject":null})");
  REQUIRE(e.has_value());
  CHECK(*e->extension("n") == "7");
  CHECK(*e->extension("b") == "true");
  CHECK(e->extension("x") == nullptr);
}

TEST_CASE("cloud event json: what is wrong is named") {
  CHECK(error_of("[]") == "expected an object");
  CHECK(error_of(R"({"id":"1","source":"s","type":"t"})") == "specversion: is missing");
  CHECK(error_of(R"({"specversion":"1.0","source":"s","type":"t"})") == "id: is missing");
  CHECK(error_of(R"({"specversion":"1.0","id":"","source":"s","type":"t"})") == "id: is missing");
  CHECK(error_of(R"({"specversion":"2","id":"1","source":"s","type":"t"})") ==
        "specversion: expected 1.0, got 2");
  CHECK(error_of(R"({"specversion":"1.0","id":{},"source":"s","type":"t"})") ==
        "id: expected a string, an integer, true or false");
  CHECK(error_of(R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":1,)"
                 R"("data_base64":"AA=="})") == "data_base64: stands beside data: one of them");
  CHECK(error_of(R"({"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"A"})") ==
        "data_base64: is not base64");
  CHECK(error_of(R"({"specversion":"1.0","id":"1","source":"s","type":"t","my_ext":"A"})") ==
        "my_ext: is no name for an attribute");
  CHECK(encode_cloud_event({.id = "1", .source = "s", .type = "t", .data = "{"})
            .error()
            .text()
            .starts_with("data: "));
  CHECK(encode_cloud_event({.id = "", .source = "s", .type = "t"}).error().text() ==
        "id: is missing");
}

TEST_CASE("cloud event json: a batch, and which of it is wrong") {
  const std::string one = encode_cloud_event(order()).value();
  const auto two = decode_cloud_events("[" + one + "," + one + "]");
  REQUIRE(two.has_value());
  CHECK(two->size() == 2);
  CHECK(two->at(1) == order());
  CHECK(decode_cloud_events("[]")->empty());
  CHECK(decode_cloud_events("[" + one + ",7]").error().text() == "[1]: expected an object");
  CHECK(decode_cloud_events(one).error().text() == "expected an array");
}

}  // namespace
}  // namespace ensue
