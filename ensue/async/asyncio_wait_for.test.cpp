// One case per row of the behaviour list, group "wait_for", named after it.
#include <ensue/async/deadline.hpp>
#include <ensue/async/shield.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

// Sleeps long; its cleanup takes some time and is noted when it is over.
task<> with_slow_cleanup(runtime& rt, bool& cleaned) {
  const auto cleanup = [&]() -> task<> {
    co_await sleep_for(rt, 5ms);
    cleaned = true;
  };
  co_await with_cleanup(rt, 1s, sleep_task(rt, 1h), cleanup());
}

// Sleeps long; answers its cancellation with a result.
task<int> answer_when_cancelled(runtime& rt, int value) {
  try {
    co_await sleep_for(rt, 1h);
  } catch (const system_error&) {
    co_return value;
  }
  co_return 0;
}

task<int> value_after_yield(runtime& rt, int value) {
  co_await yield(rt);
  co_return value;
}

}  // namespace

TEST_CASE("asyncio: asyncio_wait_for_timeout") {
  run([](runtime& rt) -> task<> {
    bool cleaned = false;
    const time_point before = rt.now();
    const std::string end =
        co_await outcome(with_timeout(rt, 10ms, with_slow_cleanup(rt, cleaned)));
    CHECK(end == "timed out");
    CHECK(cleaned);
    CHECK(rt.now() - before == 15ms);
  });
}

TEST_CASE("asyncio: wait_for_timeout_less_then_0_or_0_future_done") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    const auto c = s.spawn("c", value_after_yield(rt, 7));
    co_await s.join();
    for (const duration limit : {duration{0}, duration{-1s}}) {
      timeout t{rt, limit};
      const int got = co_await within(t, c);
      CHECK(got == 7);
    }
  });
}

TEST_CASE("asyncio: wait_for_timeout_less_then_0_or_0_coroutine_do_not_started") {
  run([](runtime& rt) -> task<> {
    for (const duration limit : {duration{0}, duration{-1s}}) {
      bool started = false;
      const auto work = [&]() -> task<> {
        started = true;
        co_return;
      };
      const std::string end = co_await outcome(with_timeout(rt, limit, work()));
      CHECK(end == "timed out");
      CHECK_FALSE(started);
    }
  });
}

TEST_CASE("asyncio: wait_for_timeout_less_then_0_or_0") {
  run([](runtime& rt) -> task<> {
    for (const duration limit : {duration{0}, duration{-1s}}) {
      bool cleaned = false;
      scope s{rt};
      const auto c = s.spawn("c", with_slow_cleanup(rt, cleaned));
      co_await yields(rt, 3);
      timeout t{rt, limit};
      const std::string end = co_await outcome(within(t, c));
      CHECK(end == "timed out");
      CHECK(cleaned);
      CHECK(c.cancelled());
      co_await s.join();
    }
  });
}

TEST_CASE("asyncio: wait_for") {
  run([](runtime& rt) -> task<> {
    bool cleaned = false;
    const std::string end =
        co_await outcome(with_timeout(rt, 10ms, with_slow_cleanup(rt, cleaned)));
    CHECK(end == "timed out");
    CHECK(cleaned);
  });
}

TEST_CASE("asyncio: wait_for_blocking") {
  run([](runtime& rt) -> task<> {
    const int got = co_await with_deadline(rt, never, value_after_yield(rt, 7));
    CHECK(got == 7);
  });
}

TEST_CASE("asyncio: wait_for_cancellation_race_condition") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 10ms};
    const int got = co_await within(t, answer_when_cancelled(rt, 7));
    CHECK(got == 7);
    CHECK(t.expired());
  });
}

TEST_CASE("asyncio: wait_for_waits_for_task_cancellation_w_timeout_0") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    const auto c = s.spawn("c", answer_when_cancelled(rt, 7));
    co_await yields(rt, 3);
    timeout t{rt, 0ms};
    const int got = co_await within(t, c);
    CHECK(got == 7);
    co_await s.join();
  });
}

TEST_CASE("asyncio: wait_for_reraises_exception_during_cancellation") {
  run([](runtime& rt) -> task<> {
    const std::string end = co_await outcome(with_timeout(rt, 10ms, fail_in_cleanup(rt, "dirty")));
    CHECK(end == "dirty");
  });
}

TEST_CASE("asyncio: cancel_blocking_wait_for") {
  run([](runtime& rt) -> task<> {
    bool cleaned = false;
    scope s{rt};
    const auto owner = s.spawn("owner", with_deadline(rt, never, with_slow_cleanup(rt, cleaned)));
    co_await yields(rt, 3);
    owner.cancel();
    co_await s.join();
    CHECK(owner.cancelled());
    CHECK(cleaned);
  });
}

TEST_CASE("asyncio: cancel_wait_for") {
  run([](runtime& rt) -> task<> {
    bool cleaned = false;
    scope s{rt};
    const auto owner = s.spawn("owner", with_timeout(rt, 1h, with_slow_cleanup(rt, cleaned)));
    co_await yields(rt, 3);
    owner.cancel();
    co_await s.join();
    CHECK(owner.cancelled());
    CHECK(cleaned);
  });
}

TEST_CASE("asyncio: wait_for_issue86296") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    bool ran_on = false;
    const auto work = s.spawn("work", value_after_yield(rt, 7));
    const auto owner = s.spawn("owner", [&]() -> task<> {
      co_await work.wait();
      ran_on = true;
    });
    while (!work.finished()) co_await yield(rt);
    owner.cancel();  // in the step in which the job ended: its waiter has not run yet
    CHECK_FALSE(ran_on);
    co_await s.join();
    CHECK(owner.cancelled());
    CHECK_FALSE(ran_on);
    CHECK(work.get() == 7);
  });
}

TEST_CASE("asyncio: Shield.shielded_timeout") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    const auto work = s.spawn("work", sleep_task(rt, 50ms));
    const time_point before = rt.now();
    const std::string end = co_await outcome(with_timeout(rt, 10ms, work.wait()));
    CHECK(end == "timed out");
    CHECK(rt.now() - before == 10ms);
    CHECK_FALSE(work.finished());
    co_await s.join();
    CHECK(rt.now() - before == 50ms);
    CHECK_FALSE(work.cancelled());
  });
}
