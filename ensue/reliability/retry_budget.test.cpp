#include <ensue/reliability/retry_budget.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

int take_all(retry_budget& b, const runtime& rt) {
  int n = 0;
  while (n < 10'000'000 && b.try_take(rt)) ++n;
  return n;
}

}  // namespace

TEST_CASE("successes earn retries, and time earns a few") {
  sim::world w;
  retry_budget b{w.rt(), {.ratio = 0.2, .per_second = 10, .saved_max = 100}};
  CHECK(take_all(b, w.rt()) == 10);  // what it starts with
  for (int i = 0; i < 50; ++i) b.succeeded();
  CHECK(take_all(b, w.rt()) == 10);
  w.run_for(1s);
  CHECK(take_all(b, w.rt()) == 10);
  CHECK(b.taken() == 30);
  CHECK(b.refused() == 3);
}

TEST_CASE("no more than saved_max is kept") {
  sim::world w;
  retry_budget b{w.rt(), {.ratio = 1, .per_second = 1, .saved_max = 5}};
  for (int i = 0; i < 1000; ++i) b.succeeded();
  w.run_for(std::chrono::hours{24 * 365 * 100});
  CHECK(b.saved(w.rt()) == 5.0);
  CHECK(take_all(b, w.rt()) == 5);
}

TEST_CASE("it is exact over a year of small steps") {
  sim::world w;
  retry_budget b{w.rt(), {.ratio = 0, .per_second = 3, .saved_max = 10}};
  (void)take_all(b, w.rt());
  std::uint64_t before = b.taken();
  constexpr int steps = 200'000;
  const duration step{std::chrono::nanoseconds{333'333'337}};
  for (int i = 0; i < steps; ++i) {
    w.run_for(step);
    (void)b.try_take(w.rt());
  }
  const auto whole = static_cast<std::uint64_t>(step.count()) * 3 * steps / 1'000'000'000;
  CHECK(b.taken() - before == std::min<std::uint64_t>(whole, steps));
}

TEST_CASE("without a budget everything is allowed") {
  sim::world w;
  retry_budget b{w.rt(), retry_budget_policy::none()};
  CHECK(take_all(b, w.rt()) == 10'000'000);
}

TEST_CASE("each wrong field of a budget is named") {
  CHECK_FALSE(retry_budget_policy{}.wrong());
  CHECK(*retry_budget_policy{.ratio = -1}.wrong() ==
        "retry_budget.ratio is -1; it must be from 0 to 1000");
  CHECK(retry_budget_policy{.ratio = std::numeric_limits<double>::infinity()}.wrong());
  CHECK(retry_budget_policy{.per_second = 1'000'001}.wrong());
  CHECK(*retry_budget_policy{.saved_max = 0}.wrong() ==
        "retry_budget.saved_max is 0; it must be from 1 to 1000000");
}
