#include <ensue/async/deadline.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/signals.hpp>

#include <doctest/doctest.h>

#include <csignal>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("signals arrive as events, those that came between two waits too") {
  loop_runtime rt;
  signals s{rt, {SIGUSR1, SIGUSR2}};
  const auto body = [&]() -> task<> {
    std::raise(SIGUSR1);
    const int first = co_await s.next();
    CHECK(first == SIGUSR1);
    std::raise(SIGUSR2);
    co_await yield(rt);
    const int second = co_await with_timeout(rt, 10s, s.next());
    CHECK(second == SIGUSR2);
  };
  block_on(rt, body());
}

TEST_CASE("waiting for a signal can be cancelled, and the next one is not lost") {
  loop_runtime rt;
  signals s{rt, {SIGUSR1}};
  const auto body = [&]() -> task<> {
    bool timed_out = false;
    try {
      co_await with_timeout(rt, 1ms, s.next());
    } catch (const system_error& e) {
      timed_out = e.code() == errc::timed_out;
    }
    CHECK(timed_out);
    std::raise(SIGUSR1);
    const int got = co_await with_timeout(rt, 10s, s.next());
    CHECK(got == SIGUSR1);
  };
  block_on(rt, body());
}
