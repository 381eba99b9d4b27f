// One case per row of the behaviour list, group "timeouts", named after it.
// "In its history" is `expired()`: an exception of C++ cannot be given a cause afterwards.
#include <ensue/async/deadline.hpp>
#include <ensue/async/shield.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

std::string cause_of(const std::exception_ptr& e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& error) {
    try {
      std::rethrow_if_nested(error);
    } catch (...) {
      return shape(std::current_exception());
    }
  }
  return "none";
}

task<std::exception_ptr> thrown_by(task<> work) {
  try {
    co_await std::move(work);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

}  // namespace

TEST_CASE("asyncio: timeout_in_the_past_sleep_zero") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, -1s};
    const std::string end = co_await outcome(within(t, yields(rt, 1)));
    CHECK(end == "timed out");
    CHECK(t.expired());
    CHECK(t.when() < rt.now());
  });
}

TEST_CASE("asyncio: foreign_exception_passed") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 10ms};
    const std::string end = co_await outcome(within(t, fail_after(rt, 1ms, "no stock")));
    CHECK(end == "no stock");
    CHECK_FALSE(t.expired());
  });
}

TEST_CASE("asyncio: timeout_exception_context") {
  run([](runtime& rt) -> task<> {
    const std::exception_ptr e = co_await thrown_by(with_timeout(rt, 10ms, sleep_task(rt, 1h)));
    CHECK(shape(e) == "timed out");
    CHECK(cause_of(e) == "cancelled");
  });
}

TEST_CASE("asyncio: foreign_exception_on_timeout") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 10ms};
    const std::string end = co_await outcome(within(t, fail_in_cleanup(rt, "dirty")));
    CHECK(end == "dirty");
    CHECK(t.expired());
  });
}

TEST_CASE("asyncio: foreign_cancel_doesnt_timeout_if_not_expired") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 1h};
    scope s{rt};
    const auto owner = s.spawn("owner", within(t, sleep_task(rt, 2h)));
    co_await sleep_for(rt, 10ms);
    owner.cancel();
    co_await s.join();
    CHECK(shape(owner.error()) == "cancelled");
    CHECK_FALSE(t.expired());
  });
}

TEST_CASE("asyncio: nested_timeouts_loop_busy") {
  sim::options o = fifo();
  o.step_time = 15ms;  // every step of the loop takes longer than the inner limit
  const auto body = [](runtime& rt) -> task<> {
    const time_point before = rt.now();
    bool inner_reported = false;
    const auto both = [&]() -> task<> {
      const std::string inner = co_await outcome(with_timeout(rt, 10ms, sleep_task(rt, 1h)));
      inner_reported = inner == "timed out";
      co_await sleep_for(rt, 2h);
    };
    const std::string outer = co_await outcome(with_timeout(rt, 200ms, both()));
    CHECK(inner_reported);
    CHECK(outer == "timed out");
    CHECK(rt.now() - before < 400ms);
  };
  run(body, o);
}

TEST_CASE("asyncio: nested_timeout_in_finally") {
  run([](runtime& rt) -> task<> {
    std::exception_ptr second;
    const auto cleanup = [&]() -> task<> {
      second = co_await thrown_by(with_timeout(rt, 10ms, sleep_task(rt, 1h)));
    };
    const std::exception_ptr first = co_await thrown_by(
        with_timeout(rt, 20ms, with_cleanup(rt, 1s, sleep_task(rt, 1h), cleanup())));
    CHECK(shape(first) == "timed out");
    CHECK(shape(second) == "timed out");
    CHECK(cause_of(first) == "cancelled");
    CHECK(cause_of(second) == "cancelled");
  });
}

TEST_CASE("asyncio: cancel_in_timeout_after_cancellation") {
  run([](runtime& rt) -> task<> {
    std::string inside;
    const auto cleanup = [&]() -> task<> {
      scope s{rt};
      const auto c = s.spawn("c", with_timeout(rt, 1h, sleep_task(rt, 2h)));
      co_await sleep_for(rt, 1ms);
      c.cancel();
      co_await s.join();
      inside = shape(c.error());
    };
    const std::string outer = co_await outcome(
        with_timeout(rt, 20ms, with_cleanup(rt, 1s, sleep_task(rt, 1h), cleanup())));
    CHECK(inside == "cancelled");
    CHECK(outer == "timed out");
  });
}

TEST_CASE("asyncio: timeout_already_entered") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 1h};
    std::string again;
    const auto body = [&]() -> task<> { again = co_await outcome(within(t, yields(rt, 1))); };
    co_await within(t, body());
    CHECK(again == "already exists");
  });
}

TEST_CASE("asyncio: timeout_double_enter") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 1h};
    co_await within(t, yields(rt, 1));
    const std::string again = co_await outcome(within(t, yields(rt, 1)));
    CHECK(again == "already exists");
  });
}

TEST_CASE("asyncio: timeout_finished") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 1h};
    CHECK(t.move_to(rt.now() + 2h));
    co_await within(t, yields(rt, 1));
    CHECK(t.move_to(rt.now() + 3h).error() == errc::closed);
    CHECK(t.when() == rt.now() + 2h);
  });
}

TEST_CASE("asyncio: timeout_expiring") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 1ms};
    result<> moved;
    const auto body = [&]() -> task<> {
      try {
        co_await sleep_for(rt, 1h);
      } catch (const system_error&) {
        moved = t.move_to(rt.now() + 1h);
        throw;
      }
    };
    const std::string end = co_await outcome(within(t, body()));
    CHECK(moved.error() == errc::closed);
    CHECK(end == "timed out");
  });
}

TEST_CASE("asyncio: timeout_taskgroup") {
  run([](runtime& rt) -> task<> {
    timeout t{rt, 10ms};
    const auto group = [&](scope& s) -> task<> {
      s.spawn("x", fail_in_cleanup(rt, "dirty"));
      co_await sleep_for(rt, 1h);
    };
    const std::string end = co_await outcome(within(t, with_scope(rt, group)));
    CHECK(end == "[dirty]");
    CHECK(t.expired());
  });
}
