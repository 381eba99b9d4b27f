#include <ensue/reliability/retry.hpp>

#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

struct no_stock : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Fails until the attempt `good`, and keeps when each began.
struct flaky {
  runtime& rt;
  unsigned good;
  std::vector<time_point> began{};

  task<unsigned> operator()(unsigned attempt) {
    began.push_back(rt.now());
    return run(rt, attempt, good);
  }
  static task<unsigned> run(runtime& rt, unsigned attempt, unsigned good) {
    co_await yield(rt);
    if (attempt < good) throw no_stock{"no stock"};
    co_return attempt;
  }
};

const retry_policy exact{.attempts = 4, .jitter_min = 1, .jitter_max = 1};

}  // namespace

TEST_CASE("retry goes on until an attempt succeeds, and returns its result") {
  run([](runtime& rt) -> task<> {
    flaky f{rt, 3};
    retry_budget budget{rt, {.ratio = 1, .per_second = 5}};
    const unsigned n = co_await retry(rt, exact, std::ref(f), &budget);
    CHECK(n == 3);
    REQUIRE(f.began.size() == 3);
    CHECK(f.began[1] - f.began[0] == 200ms);
    CHECK(f.began[2] - f.began[1] == 400ms);
    CHECK(budget.taken() == 2);
    CHECK(budget.saved(rt) > 4.9);  // the success was told: 5 - 2 + 1, and time
  });
}

TEST_CASE("given up, it tells what happened; the last error is inside") {
  run([](runtime& rt) -> task<> {
    flaky f{rt, 99};
    std::exception_ptr e;
    try {
      (void)co_await retry(rt, exact, std::ref(f));
    } catch (...) {
      e = std::current_exception();
    }
    CHECK(f.began.size() == 4);
    CHECK(describe(e).starts_with("gave up after 4 attempts (no attempts left): #1 at "));
    CHECK_THROWS_AS(std::rethrow_exception(e), retries_exhausted);
    try {
      std::rethrow_exception(e);
    } catch (const retries_exhausted& x) {
      CHECK_THROWS_AS(x.rethrow_nested(), no_stock);
    }
  });
}

TEST_CASE("a permanent failure comes out as it was; so does that of a policy of one attempt") {
  run([](runtime& rt) -> task<> {
    int calls = 0;
    const auto refuse = [&]() -> task<> {
      ++calls;
      co_await yield(rt);
      throw std::invalid_argument{"price"};
    };
    const auto what = co_await outcome(retry(rt, exact, refuse));
    CHECK(what == "price");
    CHECK(calls == 1);
    flaky f{rt, 2};
    const auto once = co_await outcome(retry(rt, retry_policy::none(), std::ref(f)));
    CHECK(once == "no stock");
  });
}

TEST_CASE("one deadline holds for all attempts, and cuts the one that runs") {
  run([](runtime& rt) -> task<> {
    int calls = 0;
    const auto slow = [&]() -> task<> {
      ++calls;
      co_await sleep_for(rt, 1s);
      throw no_stock{"no stock"};
    };
    retry_policy p = exact;
    p.deadline = 1900ms;
    const time_point began = rt.now();
    std::exception_ptr e;
    try {
      co_await retry(rt, p, slow);
    } catch (...) {
      e = std::current_exception();
    }
    CHECK(rt.now() - began == 1900ms);  // 1 s, 200 ms, cut after 700 ms
    CHECK(calls == 2);
    CHECK(has_code(e, errc::timed_out));
    CHECK_THROWS_AS(std::rethrow_exception(e), retries_exhausted);
    p.deadline = 1150ms;  // the wait would end after it: nothing is waited for
    calls = 0;
    const time_point again = rt.now();
    (void)co_await outcome(retry(rt, p, slow));
    CHECK(rt.now() - again == 1s);
    CHECK(calls == 1);
  });
}

TEST_CASE("cancellation ends it at once, in an attempt and in a wait") {
  run([](runtime& rt) -> task<> {
    int calls = 0;
    const auto work = [&]() -> task<> {
      ++calls;
      co_await sleep_for(rt, 10ms);
      throw no_stock{"no stock"};
    };
    scope s{rt};
    const auto in_wait = s.spawn("in wait", [&] { return retry(rt, exact, work); });
    co_await sleep_for(rt, 50ms);
    in_wait.cancel();
    co_await in_wait.wait();
    CHECK(in_wait.cancelled());
    CHECK(calls == 1);
    const auto in_attempt = s.spawn("in attempt", [&] { return retry(rt, exact, work); });
    co_await sleep_for(rt, 5ms);
    in_attempt.cancel();
    co_await in_attempt.wait();
    CHECK(in_attempt.cancelled());
    CHECK(calls == 2);
    co_await s.join();
  });
}

TEST_CASE("an attempt that answers the cancellation with an error is not retried") {
  run([](runtime& rt) -> task<> {
    int calls = 0;
    const auto work = [&]() -> task<> {
      ++calls;
      co_await fail_in_cleanup(rt, "no stock");
    };
    scope s{rt};
    const auto c = s.spawn("work", [&] { return retry(rt, exact, work); });
    co_await yields(rt, 2);
    c.cancel();
    co_await settle(s);
    CHECK(calls == 1);
    CHECK(shape(c.error()) == "no stock");
  });
}
