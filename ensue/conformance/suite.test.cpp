#include <ensue/conformance/suite.hpp>
#include <ensue/sim/explore.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <tests/memory_subject.hpp>
#include <tests/radio_transport.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: the memory transport passes, in many orders") {
  sim::for_each_seed(50, [](sim::world& w) {
    cases::memory_server server{w};
    subject s = server.subject();
    const report r = w.block_on(run(s));
    w.require(r.passed(), r.text());
  });
}

TEST_CASE("conformance: what the absence of a flag means passes with the least transport") {
  sim::for_each_seed(20, [](sim::world& w) {
    std::map<std::string, std::shared_ptr<cases::radio_station>> stations;
    subject s{.rt = w.rt(), .make = [&](const std::string& space) -> std::unique_ptr<transport> {
                auto& station = stations[space];
                if (!station) station.reset(new cases::radio_station{.rt = w.rt()});
                return std::make_unique<cases::radio_transport>(station);
              }};
    const report r = w.block_on(run(s));
    w.require(r.passed(), r.text());
    for (const test_case& c : cases()) {
      const bool negative = c.needs.find('!') != std::string_view::npos;
      w.require(!negative || c.name == "own_comes_back" || excuse(c, s, {}).empty(), c.name);
    }
  });
}

TEST_CASE("conformance: names are unique, every need is known") {
  std::set<std::string_view> names;
  sim::world w;
  cases::memory_server server{w};
  const subject s = server.subject();
  for (const test_case& c : cases()) {
    CHECK_MESSAGE(names.insert(c.name).second, c.name);
    CHECK(c.name.size() <= 40);
    CHECK(c.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
    (void)excuse(c, s, {});
  }
}

TEST_CASE("conformance: what is not there excuses") {
  sim::world w;
  cases::memory_server server{w};
  subject s = server.subject();
  s.list_dead = {};
  CHECK(excuse({.needs = "groups"}, s, {}) == "groups is not set");
  CHECK(excuse({.needs = "!groups"}, s, {.groups = true}) == "groups is set");
  CHECK(excuse({.needs = "groups !dedupes"}, s, {.groups = true}).empty());
  for (const std::string hook : {"restart_server", "kill_server", "list_dead", "misconfigurations"})
    CHECK(excuse({.needs = hook}, s, {}) == "the subject has no " + hook);
}

task<> nothing(stage&) { co_return; }
task<> skips(stage& st) {
  st.skip("it rains");
  co_return;
}
task<> throws(stage&) {
  throw std::runtime_error{"broken"};
  co_return;
}
task<> hangs(stage& st) {
  const auto c = co_await st.join("g");
  for (;;) (void)co_await c->next();
}

TEST_CASE("conformance: how a case ends") {
  sim::world w;
  cases::memory_server server{w};
  subject s = server.subject();
  const auto outcome_of = [&](task<> (*body)(stage&)) {
    return w.block_on(run_case(s, {.name = "a_case", .body = body}));
  };
  CHECK(outcome_of(nothing).is == outcome::passed);
  const case_result skipped = outcome_of(skips);
  CHECK(skipped.is == outcome::skipped);
  CHECK(skipped.excuse == "it rains");
  CHECK(outcome_of(throws).faults == std::vector<std::string>{"the case threw: broken"});
  const case_result hung = outcome_of(hangs);
  CHECK(hung.is == outcome::failed);
  CHECK(hung.took == s.case_limit);
}

TEST_CASE("conformance: a part of the name chooses") {
  sim::world w;
  cases::memory_server server{w};
  subject s = server.subject();
  const report r = w.block_on(run(s, "all_arrive_once"));
  CHECK(r.transport == "memory");
  CHECK(r.cases.size() == 1);
  CHECK_FALSE(w.block_on(run(s, "no such case")).passed());
}

}  // namespace
}  // namespace ensue::conformance
