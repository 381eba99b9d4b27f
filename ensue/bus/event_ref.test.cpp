#include <ensue/bus/event_ref.hpp>
#include <ensue/event/registry.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace ensue;

namespace {

struct base {
  int id = 0;
};
BOOST_DESCRIBE_STRUCT(base, (), (id))
struct derived : base {
  static constexpr std::string_view event_name = "derived";
  static constexpr int event_version = 3;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(derived, (base), (text))
struct move_only {
  std::unique_ptr<int> n;
};

}  // namespace

TEST_CASE("an event_ref shows an event as what it is and as its bases") {
  derived d;
  d.id = 4;
  const event_ref e{event_type<derived>(), &d};
  CHECK(e.name() == "derived");
  CHECK(e.version() == 3);
  CHECK(e.as<derived>() == &d);
  REQUIRE(e.as<base>());
  CHECK(e.as<base>()->id == 4);
  CHECK(e.as<move_only>() == nullptr);
}

TEST_CASE("an event_ref writes JSON when a registry knows the type") {
  derived d;
  d.id = 4, d.text = "x";
  event_registry registry;
  CHECK(event_ref{event_type<derived>(), &d, &registry}.json().empty());
  CHECK(registry.add<derived>().has_value());
  CHECK(event_ref{event_type<derived>(), &d, &registry}.json() == R"({"id":4,"text":"x"})");
  CHECK(event_ref{event_type<derived>(), &d}.json().empty());
}

TEST_CASE("an event without a type shows its own name, version and text") {
  const json_event j{"a.b", 2, "[1]"};
  const event_ref e{event_type<json_event>(), &j};
  CHECK(e.name() == "a.b");
  CHECK(e.version() == 2);
  CHECK(e.json() == "[1]");
}

TEST_CASE("a copy of an event lives on; what cannot be copied gives none") {
  std::shared_ptr<const void> copy;
  {
    derived d;
    d.text = std::string(100, 'x');
    copy = event_ref{event_type<derived>(), &d}.copy();
  }
  CHECK(static_cast<const derived*>(copy.get())->text.size() == 100);
  const base plain{7};  // nothing to destroy
  copy = event_ref{event_type<base>(), &plain}.copy();
  CHECK(static_cast<const base*>(copy.get())->id == 7);
  copy.reset();
  const move_only m;
  CHECK(event_ref{event_type<move_only>(), &m}.copy() == nullptr);
}
