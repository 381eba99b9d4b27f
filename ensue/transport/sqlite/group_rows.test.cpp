#include <ensue/transport/sqlite/claim_bits.hpp>
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

// Two connections, as two processes have them, and a group with a member in each.
struct shared_file {
  shared_file() {
    make_schema(*one, false);
    make_schema(*two, false);
    a = join(*one, "g", {}, true, time_point{60s});
    b = join(*two, "g", {}, true, time_point{60s});
  }
  void add(int n, const char* key = "") {
    cloud_event e{.id = std::to_string(n), .source = "s", .type = "t"};
    if (*key) e.set_extension("partitionkey", key);
    append(*one, {e}, {});
  }
  claimed claim_a(std::size_t want, present at = {}) {
    return claim(*one, {.who = a, .want = want, .until = time_point{60s}, .at = at});
  }
  claimed claim_b(std::size_t want, present at = {}) {
    return claim(*two, {.who = b, .want = want, .until = time_point{60s}, .at = at});
  }
  static std::string ids(const claimed& c) {
    std::string text;
    for (const auto& e : c.events)
      text += e.event.id + (e.attempt > 1 ? "*" + std::to_string(e.attempt) : "") + " ";
    return text;
  }
  std::int64_t rows(const std::string& table) {
    return one->number("SELECT count(*) FROM " + table);
  }

  temporary_folder folder;
  std::unique_ptr<connection> one = connection::open({.file = folder.file("a.db")}).value();
  std::unique_ptr<connection> two = connection::open({.file = folder.file("a.db")}).value();
  membership a, b;
};

TEST_CASE("sqlite claim bits: a bit for each position, none for others") {
  claim_bits bits{10, 20};
  CHECK(bits.all_settled());
  bits.set_open(10);
  bits.set_open(20);
  CHECK(bits.open(10));
  CHECK_FALSE(bits.open(11));
  CHECK_FALSE(bits.open(9));
  CHECK_FALSE(bits.open(21));
  claim_bits read{10, 20, bits.bytes()};
  std::vector<std::uint64_t> open;
  read.for_each_open([&](std::uint64_t p) { open.push_back(p); });
  CHECK(open == std::vector<std::uint64_t>{10, 20});
  read.settle(10);
  CHECK_FALSE(read.all_settled());
  read.settle(20);
  CHECK(read.all_settled());
  CHECK(claim_bits{10, 20, ""}.all_settled());
}

TEST_CASE("sqlite groups: a claim settled whole leaves nothing but the cursor") {
  shared_file s;
  for (int n = 1; n <= 20; ++n) s.add(n);
  CHECK(shared_file::ids(s.claim_a(12)).ends_with("12 "));
  CHECK(shared_file::ids(s.claim_b(100)) == "13 14 15 16 17 18 19 20 ");
  CHECK(s.rows("ensue_claims") == 2);
  CHECK(s.rows("ensue_exceptions") == 0);
  std::vector<fate> all;
  for (std::uint64_t p = 12; p >= 1; --p) all.push_back({.position = p});
  CHECK(settle(*s.one, s.a, all, {}));
  CHECK(s.rows("ensue_claims") == 1);
  CHECK_FALSE(s.claim_a(10).more);
}

TEST_CASE("sqlite groups: a key is held by one member; its events wait for the other in order") {
  shared_file s;
  s.add(1, "k");
  s.add(2, "k");
  s.add(3, "x");
  s.add(4, "k");
  CHECK(shared_file::ids(s.claim_a(1)) == "1 ");
  CHECK(shared_file::ids(s.claim_b(10)) == "3 ");
  s.add(5, "k");
  s.add(6);
  CHECK(shared_file::ids(s.claim_b(10)) == "6 ");
  CHECK(settle(*s.one, s.a, {{.position = 1}}, {}));
  CHECK(shared_file::ids(s.claim_b(1)) == "2 ");
  CHECK(shared_file::ids(s.claim_a(10)).empty());
  CHECK(shared_file::ids(s.claim_b(10)) == "4 5 ");
}

TEST_CASE("sqlite groups: what a dead member held is taken over at once, and counted") {
  shared_file s;
  for (int n = 1; n <= 3; ++n) s.add(n, "k");
  CHECK(shared_file::ids(s.claim_a(2)) == "1 2 ");
  const settlement later{.what = settlement::kind::retry_later, .wait = 100s};
  CHECK(settle(*s.one, s.a, {{.position = 1, .how = later, .attempt = 1, .key = "k"}}, {}));
  CHECK(shared_file::ids(s.claim_b(10)).empty());  // it lives
  s.one.reset();                                   // its locks go with its process
  const claimed waits = s.claim_b(10);
  CHECK(waits.events.empty());
  CHECK(waits.next_due == wall_time{100s});
  const present later_on{.now = {}, .wall = wall_time{101s}};
  CHECK(shared_file::ids(s.claim_b(10, later_on)) == "1*2 2*2 3 ");
}

TEST_CASE("sqlite groups: a clock that was set back delays nothing") {
  shared_file s;
  s.add(1);
  CHECK(s.claim_a(1).events.size() == 1);
  const settlement later{.what = settlement::kind::retry_later, .wait = 100s};
  CHECK(settle(*s.one, s.a, {{.position = 1, .how = later}}, wall_time{5000s}));
  leave(*s.one, s.a, {});
  CHECK(s.claim_b(1, {.now = {}, .wall = wall_time{5001s}}).events.empty());
  CHECK(s.claim_b(1, {.now = {}, .wall = wall_time{100s}}).events.size() == 1);
}

TEST_CASE("sqlite groups: a member whose lease is over is fenced from then on") {
  shared_file s;
  s.add(1);
  CHECK(s.claim_a(1).events.size() == 1);
  CHECK(s.claim_b(1, {.now = time_point{59s}, .wall = {}}).events.empty());
  CHECK(shared_file::ids(s.claim_b(1, {.now = time_point{60s}, .wall = {}})) == "1*2 ");
  CHECK_FALSE(settle(*s.one, s.a, {{.position = 1}}, {}));
  CHECK_FALSE(renew(*s.one, s.a, never));
  CHECK_FALSE(give_back(*s.one, s.a, {{.position = 1}}));
  CHECK(s.claim_a(1).fenced);
  CHECK(settle(*s.two, s.b, {{.position = 1}}, {}));
}

TEST_CASE("sqlite groups: one that leaves tells what it had begun") {
  shared_file s;
  for (int n = 1; n <= 3; ++n) s.add(n);
  CHECK(s.claim_a(3).events.size() == 3);
  CHECK(give_back(*s.one, s.a, {{.position = 3}}));
  leave(*s.one, s.a, {2});
  CHECK(shared_file::ids(s.claim_b(10)) == "1 2*2 3 ");
}

TEST_CASE("sqlite groups: a damaged event is dead, the others go on") {
  shared_file s;
  for (int n = 1; n <= 3; ++n) s.add(n);
  s.one->execute("UPDATE ensue_log SET data=x'00' WHERE position=2");
  const claimed got = s.claim_a(10);
  CHECK(shared_file::ids(got) == "1 3 ");
  CHECK(got.damaged == 1);
  const auto dead = read_dead(*s.one, "g", 10);
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].reason.find("checksum") != std::string::npos);
}

TEST_CASE("sqlite groups: forgotten, a group holds nothing") {
  shared_file s;
  s.add(1);
  CHECK(s.claim_a(1).events.size() == 1);
  CHECK(forget_group(*s.one, "g"));
  CHECK_FALSE(forget_group(*s.one, "g"));
  CHECK(first_unsettled(*s.one) == 2);
  CHECK(s.claim_a(1).fenced);
}

}  // namespace
}  // namespace ensue::sqlite
