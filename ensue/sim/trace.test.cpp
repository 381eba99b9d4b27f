#include <ensue/sim/trace.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("the hash depends on what is added and in which order") {
  const auto hash = [](std::uint64_t a, std::uint64_t b) {
    sim::trace t;
    t.add(a);
    t.add(b);
    return t.hash();
  };
  CHECK(hash(1, 2) == hash(1, 2));
  CHECK(hash(1, 2) != hash(2, 1));
  CHECK(hash(0, 0) != sim::trace{}.hash());
}

TEST_CASE("texts do not run into each other") {
  sim::trace a, b;
  a.add("ab");
  a.add("c");
  b.add("a");
  b.add("bc");
  CHECK(a.hash() != b.hash());
}

TEST_CASE("keeps the last entries, with the time and the label") {
  sim::trace t;
  t.keep(2);
  t.set_time(1500us);
  t.step("main", "buyer");
  t.step("main", nullptr);
  t.note("charged", 7);
  REQUIRE(t.entries().size() == 2);
  CHECK(t.entries()[0].line() == "1.5 ms  main");
  CHECK(t.entries()[1].line() == "1.5 ms    note: charged 7");
}

TEST_CASE("log lines from info on are part of the run") {
  sim::trace a, b;
  const log_field fields[] = {{"order", std::int64_t{4}}, {"late", true}, {"who", "me"}};
  a.keep(1);
  a.write(log_level::info, "charged", fields);
  CHECK(a.hash() != b.hash());
  CHECK(a.entries()[0].text == "  log: charged order=4 late=true who=me");
  CHECK_FALSE(a.enabled(log_level::debug));
}
