#include <ensue/event/registry.hpp>

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <doctest/doctest.h>

using namespace ensue;

namespace registry_test {

struct base {
  int tenant = 1;
};
BOOST_DESCRIBE_STRUCT(base, (), (tenant))

struct placed : base {
  static constexpr std::string_view event_name = "order.placed";
  static constexpr int event_version = 3;
  std::string id;
};
BOOST_DESCRIBE_STRUCT(placed, (base), (id))

struct impostor {
  static constexpr std::string_view event_name = "order.placed";
};
BOOST_DESCRIBE_STRUCT(impostor, (), ())

struct nameless {
  static constexpr std::string_view event_name = "a..b";
};
BOOST_DESCRIBE_STRUCT(nameless, (), ())

struct cancelled {
  static constexpr std::string_view event_name = "order.cancelled";
};
BOOST_DESCRIBE_STRUCT(cancelled, (), ())

}  // namespace registry_test

using namespace registry_test;

namespace {

event_registry filled() {
  event_registry registry;
  REQUIRE(registry.add<placed>().has_value());
  REQUIRE(registry.add<cancelled>().has_value());
  return registry;
}
std::string problem(const event_registry& registry, std::string_view name, int version,
                    std::string_view text) {
  const auto decoded = registry.decode(name, version, text);
  REQUIRE(decoded.has_error());
  return decoded.error().text();
}

}  // namespace

TEST_CASE("an event goes out by its type and comes in by its name") {
  const auto registry = filled();
  placed p;
  p.id = "o-1";
  const auto text = registry.encode(p).value();
  CHECK(text == R"({"tenant":1,"id":"o-1"})");
  const auto event = registry.decode("order.placed", 3, text).value();
  CHECK(event.type() == &event_type<placed>());
  REQUIRE(event.as<placed>() != nullptr);
  CHECK(event.as<placed>()->id == "o-1");
  CHECK(event.as<base>()->tenant == 1);
  CHECK(event.as<cancelled>() == nullptr);
  CHECK_FALSE(any_event{}.as<placed>());
}

TEST_CASE("only what was added has a name") {
  const auto registry = filled();
  CHECK(problem(registry, "order.paid", 1, "{}") == "unknown event type \"order.paid\"");
  CHECK(registry.find("order.paid") == nullptr);
  CHECK(registry.find("order.placed") == &event_type<placed>());
  CHECK(registry.encode(impostor{}).error().text() == "unknown event type \"order.placed\"");
  CHECK(registry.types() == std::vector{&event_type<cancelled>(), &event_type<placed>()});
}

TEST_CASE("a name belongs to one type and must be a topic") {
  auto registry = filled();
  CHECK(registry.add<impostor>().error() == errc::exists);
  CHECK(registry.add<placed>().has_value());
  CHECK(registry.add<nameless>().error() == errc::invalid);
  CHECK(registry.types().size() == 2);
}

TEST_CASE("older versions are lifted, newer ones refused") {
  auto registry = filled();
  REQUIRE(
      registry.upcasts()
          .add("order.placed", 2, [](boost::json::value& v) { v.as_object()["id"] = "from two"; })
          .has_value());
  CHECK(registry.decode("order.placed", 2, "{}").value().as<placed>()->id == "from two");
  CHECK(registry.decode("order.placed", 0, "{}").value().as<placed>()->id.empty());
  CHECK(problem(registry, "order.placed", 1, "{}") ==
        "no upcaster of order.placed from version 1 to 2");
  CHECK(problem(registry, "order.placed", 4, "{}") ==
        "version 4 of order.placed is not known here, the current one is 3");
  CHECK(problem(registry, "order.placed", -1, "{}").starts_with("version -1"));
}

TEST_CASE("errors of the text keep their place") {
  const auto registry = filled();
  CHECK(problem(registry, "order.placed", 3, R"({"id":1})") == "id: expected a string, got 1");
  CHECK(problem(registry, "order.placed", 3, "{").starts_with("not JSON at byte 1"));
}
