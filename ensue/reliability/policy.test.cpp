#include <ensue/reliability/policy.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

std::string complaint(const policy& p, const policy_place& at = {}) {
  return wrong(p, at).value_or("");
}
bool names(const std::string& sentence, std::initializer_list<const char*> words) {
  for (const char* word : words)
    if (sentence.find(word) == std::string::npos) return false;
  return true;
}

}  // namespace

TEST_CASE("a policy of good defaults is right, one that is off costs nothing") {
  const policy all{.expire = 1h,
                   .dedupe = {.window = 1h},
                   .rate = {.count = 100},
                   .breaker = {},
                   .retry = {},
                   .timeout = 1s};
  CHECK(complaint(all) == "");
  CHECK(all.on());
  CHECK_FALSE(policy{}.on());
  CHECK(complaint(policy{}) == "");
}

TEST_CASE("a policy that contradicts itself is refused with both numbers") {
  CHECK(
      names(complaint({.retry = {.attempts = 4, .deadline = 5s}, .timeout = 2s}),
            {"4 x timeout 2 s", "waits of up to 2.1 s", "together 10.1 s", "retry.deadline 5 s"}));
  CHECK(names(complaint({.retry = {.attempts = 4, .deadline = 2s}}),
              {"waits of up to 2.1 s", "retry.deadline 2 s"}));
  CHECK(names(complaint({.expire = 1s, .retry = {}}), {"2.1 s", "expire 1 s"}));
  CHECK(names(complaint({.dedupe = {.window = 3s}, .retry = {}, .timeout = 1s}),
              {"dedupe.window 3 s", "6.1 s"}));
  CHECK(names(complaint({.breaker = {.open_for = 1min}, .retry = {.deadline = 30s}}),
              {"breaker.open_for 60 s", "retry.deadline 30 s"}));
  CHECK(names(complaint({.retry = {.attempts = 3}, .dead_letter = false}),
              {"attempts 3", "dead_letter", "on_failure"}));
}

TEST_CASE("a policy is refused where it cannot be kept") {
  CHECK(names(complaint({.timeout = 1s}, {.coroutine = false}), {"timeout 1 s", "plain function"}));
  CHECK(names(complaint({.rate_each = {.count = 5}}), {"rate_each", "rate_key"}));
  CHECK(names(complaint({.retry = {}}, {.once = true}), {"once", "retry.attempts 4"}));
  CHECK(names(complaint({.retry = {}}, {.batches = true}), {"batches"}));
}

TEST_CASE("a part out of its range is named with its part") {
  CHECK(names(complaint({.expire = 0s}), {"expire 0 ns"}));
  CHECK(names(complaint({.timeout = -1s}), {"timeout -1 s"}));
  CHECK(names(complaint({.rate = {.count = 0}}), {"rate: "}));
  CHECK(names(complaint({.breaker = {.failures = 0}}), {"breaker: "}));
  CHECK(names(complaint({.retry = {.attempts = 0}}), {"retry: "}));
}
