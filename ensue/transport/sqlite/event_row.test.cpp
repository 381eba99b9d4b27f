#include <ensue/transport/sqlite/connection.hpp>
#include <ensue/transport/sqlite/event_row.hpp>
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

std::vector<cloud_event> samples() {
  cloud_event full{.id = "0198c0de-0000-7000-8000-000000000001",
                   .source = "urn:shop",
                   .type = "order.placed",
                   .subject = "a=b",
                   .content_type = "text/plain",
                   .schema = "urn:schema",
                   .time = wall_time{1'700'000'000s + 1ns},
                   .data = std::string{"\0\xff\n", 3}};
  full.set_extension("traceparent", "00-a=b");
  full.set_extension("partitionkey", "k=1");
  full.set_extension("ensuedepth", "2");
  cloud_event keyed{.id = "0198C0DE-0000-7000-8000-000000000001", .source = "s", .type = "t"};
  keyed.set_extension("partitionkey", "k");
  cloud_event empty_key{.id = "x", .source = "s", .type = "t"};
  empty_key.set_extension("partitionkey", "");
  return {full, keyed, empty_key, {.id = "plain", .source = "s", .type = "t"}};
}

TEST_CASE("sqlite event row: what goes in comes out, byte for byte") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  make_schema(*c, false);
  const std::vector<cloud_event> events = samples();
  CHECK(append(*c, events, {}) == events.size());
  const auto read = read_log(*c, 0, 100, 100);
  REQUIRE(read.size() == events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    CHECK(read[i].event == events[i]);
    CHECK_FALSE(read[i].damaged);
  }
  CHECK(c->number("SELECT count(*) FROM ensue_log WHERE typeof(id)='blob'") == 1);
}

TEST_CASE("sqlite event row: a changed byte in any column is seen") {
  const temporary_folder folder;
  const auto c = connection::open({.file = folder.file("a.db")}).value();
  make_schema(*c, false);
  append(*c, samples(), {});
  for (const char* change :
       {"id=x'0198c0de000070008000000000000002'", "source='urn:shoq'", "type='order.placee'",
        "key='k=2'", "time=time+1", "attributes='subject=a'||char(10)", "attributes='x'",
        "data=x'00fe0a'", "crc=crc+1"}) {
    CAPTURE(change);
    c->execute("SAVEPOINT one");
    c->execute("UPDATE ensue_log SET " + std::string{change} + " WHERE position=1");
    CHECK(read_one(*c, 1)->damaged);
    c->execute("ROLLBACK TO one");
    c->execute("RELEASE one");
    CHECK_FALSE(read_one(*c, 1)->damaged);
  }
}

}  // namespace
}  // namespace ensue::sqlite
