#include <ensue/async/job.hpp>
#include <ensue/async/sleep.hpp>

#include <memory>
#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<int> count_down(runtime& rt, int n) {
  while (n > 0) {
    co_await yield(rt);
    --n;
  }
  co_return 42;
}

task<> hold(runtime& rt, std::shared_ptr<int> held) {
  co_await sleep_for(rt, 1h);
  static_cast<void>(held);
}

// Holds something of the outer frame, as a permit would.
struct borrower {
  int& outer;
  ~borrower() { ++outer; }
};

task<> borrow(runtime& rt, int& outer) {
  const borrower b{outer};
  co_await sleep_for(rt, 1h);
}

}  // namespace

TEST_CASE("a job starts inside the call and may end there") {
  run([](runtime& rt) -> task<> {
    owned_job<int> j{rt, "j", count_down(rt, 0)};
    CHECK_FALSE(j->started());
    j->start();
    CHECK(j->finished());
    CHECK(j->take() == 42);
    co_return;
  });
}

TEST_CASE("its end can be waited for") {
  run([](runtime& rt) -> task<> {
    owned_job<int> j{rt, "j", count_down(rt, 3)};
    j->start();
    CHECK_FALSE(j->finished());
    co_await wait_firmly(j->waiters(), rt, "j");
    CHECK(j->take() == 42);
  });
}

TEST_CASE("a job that is cancelled before it starts never runs") {
  run([](runtime& rt) -> task<> {
    const auto held = std::make_shared<int>(1);
    owned_job<void> now{rt, "now", hold(rt, held)}, soon{rt, "soon", hold(rt, held)};
    now->cancel();
    now->start();
    CHECK(now->cancelled());
    soon->start_soon();
    soon->cancel();
    CHECK_FALSE(soon->finished());
    co_await yields(rt, 2);
    CHECK(soon->cancelled());
    CHECK(held.use_count() == 1);
  });
}

TEST_CASE("an owner that goes destroys its unfinished job at once, wherever it stands") {
  run([](runtime& rt) -> task<> {
    int ended = 0;
    {
      int outer = 0;
      owned_job<void> j{rt, "j", borrow(rt, outer)};
      j->start();
      j->abandon();
      CHECK(outer == 1);  // while `outer` still exists
      ended = outer;
    }
    CHECK(ended == 1);
    const auto held = std::make_shared<int>(1);
    {
      owned_job<void> never_started{rt, "j", hold(rt, held)};
    }
    CHECK(held.use_count() == 1);
    co_return;
  });
}

TEST_CASE("a world that ends destroys inner frames before the outer ones they refer to") {
  sim::world w{fifo()};
  const auto body = [](runtime& rt) -> task<> {
    co_await with_scope(rt, [&](scope& outer) -> task<> {
      const auto shared = std::make_unique<int>(0);
      const auto inner = [&]() -> task<> { co_await borrow(rt, *shared); };
      outer.spawn("younger", sleep_task(rt, 1h));
      co_await with_scope(rt, [&](scope& s) -> task<> {
        s.spawn("inner", inner);
        co_await sleep_for(rt, 1h);
      });
    });
  };
  w.spawn_background("body", body(w.rt()));
  w.run_for(1ms);
  CHECK(w.rt().waiting().size() >= 3);
}  // the sanitizer sees it
