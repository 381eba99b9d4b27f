#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>
#include <ensue/transport/transport.hpp>

#include <doctest/doctest.h>

namespace ensue {
namespace {

using namespace std::chrono_literals;

TEST_CASE("open_with: a transport that promises less is refused, with what to change") {
  sim::world world;
  memory_transport t{world.rt()};
  const auto opened = world.block_on(open_with(t, survival::power));
  REQUIRE(opened.has_error());
  CHECK(opened.error().code == errc::refused);
  CHECK(opened.error().text() ==
        "memory: promises survival::none; asked for survival::power: events live in the memory of "
        "this process; use sqlite: or a broker's URL");
}

TEST_CASE("consume options: nonsense is named") {
  CHECK_FALSE(wrong(consume_options{.group = "g"}));
  CHECK(wrong(consume_options{}).value().find("group") != std::string::npos);
  CHECK(wrong(consume_options{.group = "g", .prefetch = 0}).value().find("prefetch") !=
        std::string::npos);
  CHECK(wrong(consume_options{.group = "g", .lease = {}}).value().find("lease") !=
        std::string::npos);
  CHECK(wrong(consume_options{.group = "g", .types = {"a..b"}}).value().find("'a..b'") !=
        std::string::npos);
}

TEST_CASE("events: which are wanted, which may be published") {
  CHECK(wanted({}, "a.b"));
  CHECK(wanted({"x", "a.*"}, "a.b"));
  CHECK_FALSE(wanted({"a.*"}, "a.b.c"));
  const cloud_event e{.id = "1", .source = "s", .type = "t", .data = "12345"};
  CHECK(bytes_of(e) == 8);
  CHECK_FALSE(refused_by({.event_bytes_max = 8}, e));
  CHECK(refused_by({.event_bytes_max = 7}, e) == errc::invalid);
  CHECK(refused_by({}, {.id = "", .source = "s", .type = "t"}) == errc::invalid);
}

TEST_CASE("replay options: time and key") {
  cloud_event e{.id = "1", .source = "s", .type = "t"};
  CHECK(fits({}, e));
  CHECK_FALSE(fits({.since = wall_time{1s}}, e));
  e.time = wall_time{5s};
  CHECK(fits({.since = wall_time{5s}, .until = wall_time{5s}}, e));
  CHECK_FALSE(fits({.until = wall_time{4s}}, e));
  CHECK_FALSE(fits({.key = "k"}, e));
  e.set_extension("partitionkey", "k");
  CHECK(fits({.key = "k"}, e));
}

TEST_CASE("positions are numbers") {
  CHECK(position_number("").value() == 0);
  CHECK(position_number("17").value() == 17);
  for (const char* wrong : {"-1", "1x", " 1", "99999999999999999999"})
    CHECK(position_number(wrong).has_error());
}

}  // namespace
}  // namespace ensue
