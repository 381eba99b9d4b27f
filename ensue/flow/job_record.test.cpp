#include <ensue/flow/job_record.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("a job reads back as it was written") {
  job_record j;
  j.id.bytes[0] = 7;
  j.number = 3;
  j.name = "resize \"é\"";
  j.args = R"({"a":1})";
  j.state = job_state::failed;
  j.priority = -4;
  j.unique_key = "k";
  j.due = wall_time{5s};
  j.begin_by = wall_time{9s};
  j.result_expires = 1h;
  j.attempts = 2;
  j.timeout = 3s;
  j.token = 11;
  j.history.push_back({1, wall_time{1s}, 2ms, "no"});
  j.error = "no";
  j.ended = wall_time{7s};
  CHECK(decode_json<job_record>(encode_json(j).value()).value() == j);
}

TEST_CASE("texts are cut between characters and made UTF-8") {
  CHECK(job_text("äöü", 3) == "ä");
  CHECK(job_text("abc", 3) == "abc");
  CHECK(job_text("a\xffz") == "a?z");
  CHECK(job_text("") == "");
}

TEST_CASE("an account says what is not zero") {
  job_account a;
  a.recorded = 5;
  a.waiting = 1;
  a.done = 4;
  a.lost = 2;
  CHECK(a.text() == "recorded 5 = waiting 1 + done 4; lost 2");
  CHECK(a.balanced());
  ++a.done;
  CHECK_FALSE(a.balanced());
}

TEST_CASE("a filter is all of its fields") {
  job_record j;
  j.name = "a";
  j.state = job_state::running;
  CHECK(job_filter{}.fits(j));
  CHECK(job_filter{.name = "a", .state = job_state::running}.fits(j));
  CHECK_FALSE(job_filter{.name = "b"}.fits(j));
  CHECK_FALSE(job_filter{.state = job_state::done}.fits(j));
  CHECK_FALSE(job_filter{.unique_key = "k"}.fits(j));
}
