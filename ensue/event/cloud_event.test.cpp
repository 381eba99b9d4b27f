#include <ensue/event/cloud_event.hpp>

#include <doctest/doctest.h>

#include <map>

namespace ensue {
namespace {

cloud_event minimal() { return {.id = "1", .source = "/shop", .type = "order.placed"}; }

TEST_CASE("cloud event: what must be there, and what may not") {
  CHECK_FALSE(wrong(minimal()));
  const auto fault = [](auto change) {
    cloud_event e = minimal();
    change(e);
    return wrong(e).value_or("");
  };
  CHECK(fault([](auto& e) { e.id.clear(); }) == "id: is missing");
  CHECK(fault([](auto& e) { e.source.clear(); }) == "source: is missing");
  CHECK(fault([](auto& e) { e.type.clear(); }) == "type: is missing");
  CHECK(fault([](auto& e) { e.subject = "a\nb"; }) == "subject: has a control character");
  CHECK(fault([](auto& e) { e.type = "\xff"; }) == "type: is not UTF-8");
  CHECK(fault([](auto& e) { e.set_extension("Key", "x"); }) == "'Key': no name for an extension");
  CHECK(fault([](auto& e) { e.set_extension("id", "x"); }) == "'id': no name for an extension");
  CHECK(fault([](auto& e) { e.set_extension("a23456789012345678901", "x"); }) != "");
  CHECK(fault([](auto& e) { e.set_extension("a2345678901234567890", "x"); }).empty());
  CHECK(fault([](auto& e) {
          for (int i = 0; i < 65; ++i) e.set_extension("x" + std::to_string(i), "");
        }) == "65 extensions: at most 64");
}

TEST_CASE("cloud event: an extension is there once") {
  cloud_event e = minimal();
  e.set_extension("partitionkey", "a");
  e.set_extension("partitionkey", "b");
  CHECK(e.extensions.size() == 1);
  CHECK(*e.extension("partitionkey") == "b");
  CHECK(e.extension("other") == nullptr);
}

TEST_CASE("cloud event: attributes out and in again are the same event") {
  cloud_event e = minimal();
  e.subject = "order 7";
  e.schema = "https://example.com/order";
  e.time = wall_time{std::chrono::milliseconds{1'700'000'000'123}};
  e.set_extension("partitionkey", "7");
  cloud_event back;
  for_each_attribute(e, [&](std::string_view name, const std::string& value) {
    CHECK(set_attribute(back, name, value).has_value());
  });
  CHECK(back == e);
}

TEST_CASE("cloud event: an attribute that cannot be read is named") {
  cloud_event e;
  CHECK(set_attribute(e, "specversion", "0.3").error().text() ==
        "specversion: expected 1.0, got 0.3");
  CHECK(set_attribute(e, "time", "yesterday").error().path == "time");
  CHECK(set_attribute(e, "Partition-Key", "x").error().path == "Partition-Key");
  CHECK(set_attribute(e, "data", "x").has_error());
}

TEST_CASE("cloud event: which content types are JSON") {
  for (const char* json : {"", "application/json", "application/JSON; charset=utf-8", "text/json",
                           "application/vnd.shop+json", "application/json ;x"})
    CHECK_MESSAGE(is_json(json), json);
  for (const char* other : {"text/plain", "application/jsonx", "json", "application/xml", ";"})
    CHECK_MESSAGE(!is_json(other), other);
}

}  // namespace
}  // namespace ensue
