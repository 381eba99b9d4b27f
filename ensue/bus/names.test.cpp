#include <ensue/async/errors.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/names.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/event/topic.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace ensue;

namespace {

struct user_created {
  static constexpr std::string_view event_name = "user.created";
  std::string name;
  int age = 0;
};
BOOST_DESCRIBE_STRUCT(user_created, (), (name, age))

struct order_paid {
  static constexpr std::string_view event_name = "orders.eu.paid";
  int id = 0;
};
struct nameless {
  int id = 0;
};

struct fixture {
  event_registry registry;
  sim::world w;
  bus b{w.rt(), {.registry = &registry}};
  std::vector<std::string> heard;

  fixture() { CHECK(registry.add<user_created>().has_value()); }
  ~fixture() { CHECK(b.total().balanced()); }

  subscription listen(std::string pattern) {
    return b.subscribe(pattern, [this, pattern](const event_ref& e) {
      heard.push_back(pattern + "=" + std::string{e.name()});
    });
  }
};
using words = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(fixture, "typed events with a name reach those who subscribed by name") {
  auto s1 = listen("user.created"), s2 = listen("user.*"), s3 = listen("orders.>");
  auto s4 = listen(">"), s5 = listen("user.deleted");
  CHECK(b.emit<user_created>("ann", 7).delivered == 3);
  CHECK(heard == words{"user.created=user.created", "user.*=user.created", ">=user.created"});
  heard.clear();
  CHECK(b.emit<order_paid>(1).delivered == 2);
  CHECK(heard == words{"orders.>=orders.eu.paid", ">=orders.eu.paid"});
  CHECK(b.emit<nameless>(1).delivered == 0);
}

TEST_CASE_FIXTURE(fixture, "a handler of names sees name, version, type and JSON") {
  std::string text;
  int age = 0;
  bool other = false;
  auto s = b.subscribe(">", [&](const event_ref& e, context& c) {
    text = std::string{e.name()} + " " + std::to_string(e.version()) + " " + e.json();
    if (const auto* u = e.as<user_created>()) age = u->age;
    other = e.as<order_paid>() != nullptr;
    CHECK(c.event_name() == e.name());
  });
  CHECK(b.emit<user_created>("ann", 7).delivered == 1);
  CHECK(text == R"(user.created 1 {"name":"ann","age":7})");
  CHECK(age == 7);
  CHECK_FALSE(other);
}

TEST_CASE_FIXTURE(fixture, "handlers of names may be coroutines, filter, and take turns by key") {
  std::vector<int> seen;
  auto s = b.subscribe("orders.>",
                       [&](const event_ref& e, context& c) -> task<> {
                         co_await yield(c.rt());
                         seen.push_back(e.as<order_paid>()->id);
                       },
                       {.where = [](const event_ref& e) { return e.as<order_paid>()->id > 0; },
                        .concurrency = 4,
                        .key = [](const event_ref& e) { return e.name(); }});
  for (int i = 0; i < 5; ++i) CHECK_FALSE(b.try_post<order_paid>(i));
  w.run();
  CHECK(seen == std::vector<int>{1, 2, 3, 4});
  CHECK(s.counts().filtered == 1);
}

TEST_CASE_FIXTURE(fixture, "by name, JSON becomes the registered type, for typed subscribers too") {
  auto s1 = listen("user.*");
  user_created got;
  auto s2 = b.subscribe([&](const user_created& u) { got = u; });
  CHECK(b.emit_named("user.created", R"({"name":"bob","age":3})")->delivered == 2);
  CHECK(got.name == "bob");
  CHECK(got.age == 3);
  w.block_on(b.post_named("user.created", R"({"name":"cid","age":4})"));
  w.run();
  CHECK(got.name == "cid");
  CHECK(heard.size() == 2);
  CHECK(w.block_on(b.publish_named("user.created", R"({"name":"dan","age":5})")).delivered == 2);
  CHECK(got.age == 5);
}

TEST_CASE_FIXTURE(fixture, "by name, what has no type goes as JSON to those who ask by name") {
  auto s1 = listen("sensor.*"), s2 = listen("sensor.heat");
  std::string text;
  auto s3 = b.subscribe([&](const json_event& e) { text = e.name + e.text; });
  CHECK(b.emit_named("sensor.heat", R"({"t": 21})")->delivered == 3);
  CHECK(text == R"(sensor.heat{"t": 21})");
  w.block_on(b.post_named("sensor.rain", "[1]"));
  w.run();
  CHECK(heard == words{"sensor.*=sensor.heat", "sensor.heat=sensor.heat", "sensor.*=sensor.rain"});
}

TEST_CASE_FIXTURE(fixture, "a wrong text or name does nothing and says where it is wrong") {
  auto s = listen(">");
  const auto wrong = b.emit_named("user.created", R"({"name":"bob","age":"old"})");
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().path == "age");
  CHECK_FALSE(b.emit_named("no type", "{}").has_value());
  CHECK_FALSE(b.emit_named("sensor", "{").has_value());
  CHECK_FALSE(b.try_post_named("user.created", "7").has_value());
  CHECK_THROWS_AS(w.block_on(b.post_named("user.created", "[]")), system_error);
  CHECK_THROWS_AS(w.block_on(b.publish_named("sensor", "")), system_error);
  CHECK(heard.empty());
  CHECK(s.counts().accepted == 0);
}

TEST_CASE_FIXTURE(fixture, "priorities order handlers of names and types together") {
  auto s1 = listen("user.created");
  auto s2 = b.subscribe<user_created>([&](const user_created&) { heard.push_back("first"); },
                                      {.priority = 5});
  auto s3 =
      b.subscribe("user.>", [&](const event_ref&) { heard.push_back("second"); }, {.priority = 3});
  CHECK(b.emit<user_created>("ann", 1).delivered == 3);
  CHECK(heard == words{"first", "second", "user.created=user.created"});
}

TEST_CASE_FIXTURE(fixture, "who subscribes or ends while called by name is defined as for types") {
  subscription late, self;
  self = b.subscribe("user.*", [&](const event_ref&) {
    heard.push_back("self");
    self.end();
    late = listen("user.created");
  });
  auto after = listen("user.>");
  CHECK(b.emit<user_created>("a", 1).delivered == 2);
  CHECK(b.emit<user_created>("b", 1).delivered == 2);
  CHECK(heard ==
        words{"self", "user.>=user.created", "user.>=user.created", "user.created=user.created"});
}

TEST_CASE_FIXTURE(fixture, "ten thousand patterns hear what a naive matching says") {
  random_stream draw = w.random("patterns");
  const char* const levels[] = {"user", "orders", "eu", "created", "paid", "*"};
  const auto pattern = [&] {
    std::string p = levels[draw.below(std::size(levels))];
    for (std::uint64_t n = draw.below(3); n > 0; --n)
      p.append(".").append(levels[draw.below(std::size(levels))]);
    if (draw.below(3) == 0) p += ".>";
    return p;
  };
  std::vector<std::string> patterns;
  std::vector<subscription> all;
  std::vector<int> heard_by(10'000);
  for (std::size_t i = 0; i < heard_by.size(); ++i) {
    patterns.push_back(pattern());
    all.push_back(
        b.subscribe(patterns.back(), [&heard_by, i](const event_ref&) { ++heard_by[i]; }));
  }
  for (const char* name : {"user.created", "orders.eu.paid", "eu", "paid.paid.paid.paid"}) {
    std::fill(heard_by.begin(), heard_by.end(), 0);
    const bool typed = name == std::string{"user.created"};
    CHECK(b.emit_named(name, typed ? R"({"name":"a","age":1})" : "1").has_value());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < patterns.size(); ++i)
      wrong += heard_by[i] != (topic_matches(patterns[i], name) ? 1 : 0);
    CHECK(wrong == 0);
  }
}
