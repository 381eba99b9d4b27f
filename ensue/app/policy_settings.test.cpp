#include <ensue/app/app.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <tests/temporary_folder.hpp>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int id = 0;
};

policy policy_of(app& a, std::size_t i) { return a.bus().engine().subscriptions()[i]->policy(); }

}  // namespace

TEST_CASE("a policy can be had from configuration alone") {
  const temporary_file f{
      "[subscriptions.mail]\nexpire = \"1h\"\ntimeout = \"5s\"\ndedupe_window = \"10min\"\n"
      "dedupe_entries = 7\nrate_count = 100\nrate_per = \"2s\"\nrate_burst = 10\n"
      "retry_attempts = 6\nretry_base = \"1ms\"\nretry_cap = \"3s\"\nretry_factor = 3.0\n"
      "retry_deadline = \"1min\"\nretry_hold_max = \"2s\"\nbreaker_failures = 9\n"
      "breaker_open_for = \"30s\"\ndead_letter = true\n"};
  sim::world w;
  app a{w.rt(), "test", {.config_file = f.path(), .environment = config::environment{}}};
  a.on<order>([](const order&) -> task<> { co_return; }, {.name = "mail"});
  const policy p = policy_of(a, 0);
  CHECK(p.expire == 1h);
  CHECK(p.timeout == 5s);
  CHECK(p.dedupe.window == 10min);
  CHECK(p.dedupe.entries_max == 7);
  CHECK(p.rate.limited);
  CHECK(p.rate.count == 100);
  CHECK(p.rate.per == 2s);
  CHECK(p.rate.burst == 10);
  CHECK(p.retry.attempts == 6);
  CHECK(p.retry.base == 1ms);
  CHECK(p.retry.cap == 3s);
  CHECK(p.retry.factor == 3.0);
  CHECK(p.retry.deadline == 1min);
  CHECK(p.retry.hold_max == 2s);
  CHECK(p.breaker.mode == breaker_mode::consecutive);
  CHECK(p.breaker.failures == 9);
  CHECK(p.breaker.open_for == 30s);
  CHECK(a.settings().problems().empty());
}

TEST_CASE("configuration changes what it names of a policy and leaves the rest to the code") {
  sim::world w;
  app a{w.rt(),
        "test",
        {.environment = config::environment{{"ENSUE_SUBSCRIPTIONS_MAIL_RETRY_ATTEMPTS", "2"},
                                            {"ENSUE_SUBSCRIPTIONS_BOOKS_BREAKER_RATE", "0.25"}}}};
  a.on<order>([](const order&) {}, {.name = "mail", .retry = {.attempts = 9, .base = 7ms}});
  a.on<order>([](const order&) {}, {.name = "books"});
  a.on<order>([](const order&) {}, {.name = "plain"});
  CHECK(policy_of(a, 0).retry.attempts == 2);
  CHECK(policy_of(a, 0).retry.base == 7ms);
  CHECK(policy_of(a, 1).breaker.mode == breaker_mode::rate);
  CHECK(policy_of(a, 1).breaker.failure_rate == 0.25);
  CHECK_FALSE(policy_of(a, 2).on());
  CHECK(a.settings().problems().empty());
}

TEST_CASE("a policy that configuration makes contradict itself is refused at the subscription") {
  sim::world w;
  app a{w.rt(),
        "test",
        {.environment = config::environment{{"ENSUE_SUBSCRIPTIONS_MAIL_RETRY_DEADLINE", "1s"},
                                            {"ENSUE_SUBSCRIPTIONS_MAIL_TIMEOUT", "2s"}}}};
  CHECK_THROWS_WITH(a.on<order>([](const order&) -> task<> { co_return; },
                                {.name = "mail", .retry = {.attempts = 3}}),
                    doctest::Contains("retry.deadline 1 s"));
}

TEST_CASE("a key that is spelt wrong is named, with the one it is like") {
  const temporary_file f{"[subscriptions.mail]\nretry_atempts = 3\n"};
  sim::world w;
  app a{w.rt(), "test", {.config_file = f.path(), .environment = config::environment{}}};
  const auto problems = a.settings().problems();
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].find("retry_attempts") != std::string::npos);
}
