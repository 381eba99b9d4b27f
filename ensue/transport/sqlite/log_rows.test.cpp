#include <ensue/transport/sqlite/group_rows.hpp>
#include <ensue/transport/sqlite/log_rows.hpp>
#include <ensue/transport/sqlite/schema.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tests/temporary_folder.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

struct store {
  store() { make_schema(*c, false); }
  void add(int from, int to, wall_time at = {}) {
    std::vector<cloud_event> events;
    for (int n = from; n <= to; ++n)
      events.push_back({.id = std::to_string(n), .source = "s", .type = "t"});
    append(*c, events, at);
  }
  std::size_t count() { return read_log(*c, 0, 1'000'000, 1'000'000).size(); }

  temporary_folder folder;
  std::unique_ptr<connection> c = connection::open({.file = folder.file("a.db")}).value();
};

TEST_CASE("sqlite log: positions rise by one, a copy takes none") {
  store s;
  s.add(1, 3);
  s.add(2, 4);
  CHECK(last_position(*s.c) == 4);
  CHECK(read_one(*s.c, 4)->event.id == "4");
  CHECK_FALSE(read_one(*s.c, 5));
  CHECK(read_log(*s.c, 1, 3, 10).size() == 2);
  CHECK(read_log(*s.c, 1, 3, 1).size() == 1);
}

TEST_CASE("sqlite log: retention by count and by age; the newest stays") {
  store s;
  s.add(1, 10, wall_time{0s});
  s.add(11, 20, wall_time{100s});
  CHECK(trim(*s.c, {.count_max = 15, .age_max = 1000s}, wall_time{100s}, 3) == 3);
  CHECK(trim(*s.c, {.count_max = 15, .age_max = 1000s}, wall_time{100s}, 100) == 2);
  CHECK(trim(*s.c, {.count_max = 15, .age_max = 1000s}, wall_time{100s}, 100) == 0);
  CHECK(trim(*s.c, {.age_max = 50s}, wall_time{100s}, 100) == 5);
  CHECK(read_log(*s.c, 0, 100, 1).front().position == 11);
  CHECK(trim(*s.c, {.age_max = 1s}, wall_time{1000s}, 100) == 9);
  CHECK(s.count() == 1);
  s.add(21, 21);
  CHECK(last_position(*s.c) == 21);
}

TEST_CASE("sqlite log: what a group has not settled is kept, and what is dead") {
  store s;
  s.add(1, 10);
  const retention nothing{.count_max = 0, .age_max = 1s};
  const wall_time late{1000s};
  const membership m = join(*s.c, "g", {}, true, never);
  CHECK(first_unsettled(*s.c) == 1);
  CHECK(trim(*s.c, nothing, late, 100) == 0);
  CHECK(claim(*s.c, {.who = m, .want = 5}).events.size() == 5);
  const settlement dead{.what = settlement::kind::dead, .reason = "r"};
  CHECK(settle(*s.c, m, {{.position = 1, .how = dead}, {.position = 2}, {.position = 5}}, {}));
  CHECK(first_unsettled(*s.c) == 1);  // the claim begins there
  CHECK(settle(*s.c, m, {{.position = 3}, {.position = 4}}, {}));
  CHECK(first_unsettled(*s.c) == 6);
  CHECK(trim(*s.c, nothing, late, 100) == 4);
  CHECK(read_one(*s.c, 1)->event.id == "1");
  CHECK(trim(*s.c, {.count_max = 0, .age_max = 1s, .drop_unsettled = true}, late, 100) == 4);
  CHECK(s.count() == 2);
}

}  // namespace
}  // namespace ensue::sqlite
