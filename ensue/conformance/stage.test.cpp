#include <ensue/conformance/stage.hpp>

#include <doctest/doctest.h>

#include <tests/memory_subject.hpp>

namespace ensue::conformance {
namespace {

delivery got(const stage& st, std::size_t n, unsigned attempt = 1, std::string key = "") {
  return {.event = st.event(n, std::move(key)), .attempt = attempt};
}

TEST_CASE("conformance stage: what is missing, foreign, twice or unmarked is named") {
  sim::world w;
  cases::memory_server server{w};
  subject s = server.subject();
  stage st{s, "x"};
  st.each_once({got(st, 1), got(st, 2)}, 1, 2);
  st.none_lost({got(st, 1), got(st, 1, 2)}, 1, 1);
  st.in_order({got(st, 1, 1, "a"), got(st, 3, 1, "b"), got(st, 2, 1, "a")});
  CHECK(st.faults().empty());
  st.each_once({got(st, 9)}, 1, 4);
  st.each_once({got(st, 1), got(st, 1, 2)}, 1, 1);
  st.none_lost({got(st, 1), got(st, 1)}, 1, 1);
  st.in_order({got(st, 2, 1, "a"), got(st, 1, 1, "a")});
  CHECK(st.faults() == std::vector<std::string>{
                           "did not come: x-1, x-2, x-3 and 1 more",
                           "was never published: x-9",
                           "came more than once: x-1",
                           "is no first attempt although nothing failed: x-1",
                           "came again and is not marked: x-1",
                           "came after a later one of its key: x-1",
                       });
}

TEST_CASE("conformance stage: a slow server gets fewer, not none") {
  sim::world w;
  cases::memory_server server{w};
  subject s = server.subject();
  s.percent = 5;
  const stage st{s, "x"};
  CHECK(st.scaled(1000) == 50);
  CHECK(st.scaled(100) == 10);
  CHECK(st.scaled(4) == 4);
}

TEST_CASE("conformance stage: events have their number") {
  sim::world w;
  cases::memory_server server{w};
  subject s = server.subject();
  const stage st{s, "a-b"};
  CHECK(number_of(st.event(17)) == 17);
  CHECK(lane_key(st.event(1, "k")) == "k");
  CHECK(number_of({.id = "17", .source = "s", .type = "t"}) == 0);
  CHECK(number_of({.id = "x-1y", .source = "s", .type = "t"}) == 0);
}

}  // namespace
}  // namespace ensue::conformance
