#include <ensue/event/envelope.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {
constexpr wall_time noon{1'700'000'000s};
}

TEST_CASE("an envelope has no id, time or text until somebody asks") {
  uuid_source ids{random_stream{1}};
  envelope e;
  CHECK(e.id.nil());
  CHECK(e.root().nil());
  CHECK_FALSE(e.text);
  CHECK(e.details().source.empty());
  const uuid id = e.identify(ids, noon);
  CHECK(id.version() == 7);
  CHECK(id.unix_ms() == 1'700'000'000'000u);
  CHECK(e.time == noon);
  CHECK(e.identify(ids, noon + 1s) == id);
  CHECK(e.time == noon);
  CHECK(e.root() == id);
}

TEST_CASE("a time that was set beforehand stays") {
  uuid_source ids{random_stream{1}};
  envelope e;
  e.time = noon - 1h;
  e.identify(ids, noon);
  CHECK(e.time == noon - 1h);
}

TEST_CASE("caused events point to their cause and to the root, and are one deeper") {
  uuid_source ids{random_stream{1}};
  envelope root;
  root.deadline = time_point{5s};
  auto child = root.cause(ids, noon);
  REQUIRE(child.has_value());
  auto grandchild = child->cause(ids, noon);
  REQUIRE(grandchild.has_value());
  CHECK(child->causation == root.id);
  CHECK(child->correlation == root.id);
  CHECK(grandchild->causation == child->id);
  CHECK(grandchild->correlation == root.id);
  CHECK(grandchild->depth == 2);
  CHECK(grandchild->deadline == time_point{5s});
  CHECK(grandchild->id.nil());
}

TEST_CASE("the chain is cut at the depth limit") {
  uuid_source ids{random_stream{1}};
  envelope e;
  e.depth = 2;
  CHECK(e.cause(ids, noon, 3).has_value());
  e.depth = 3;
  const auto cut = e.cause(ids, noon, 3);
  REQUIRE(cut.has_error());
  CHECK(cut.error() == errc::too_deep);
}

TEST_CASE("text is edited on a copy: a shared envelope does not change under its reader") {
  envelope a;
  a.edit([](envelope_text& text) { text.subject = "orders.eu"; });
  envelope b = a;
  b.edit([](envelope_text& text) { text.key = "k"; });
  CHECK(a.details().key.empty());
  CHECK(b.details().subject == "orders.eu");
  CHECK(b.details().key == "k");
}

TEST_CASE("source and trace go on to caused events, subject and key do not") {
  uuid_source ids{random_stream{1}};
  envelope e;
  e.edit([](envelope_text& text) {
    text.subject = "orders.eu";
    text.key = "k";
    text.source = "/shop";
    text.trace.trace_id[0] = text.trace.span_id[0] = 1;
    text.trace_state = "a=1";
  });
  const auto child = e.cause(ids, noon);
  REQUIRE(child.has_value());
  CHECK(child->details().source == "/shop");
  CHECK(child->details().trace == e.details().trace);
  CHECK(child->details().trace_state == "a=1");
  CHECK(child->details().subject.empty());
  CHECK(child->details().key.empty());
}

TEST_CASE("an event expires at its deadline, and never without one") {
  envelope e;
  CHECK_FALSE(e.expired(time_point{1h}));
  e.deadline = time_point{1s};
  CHECK_FALSE(e.expired(time_point{1s} - 1ns));
  CHECK(e.expired(time_point{1s}));
}
