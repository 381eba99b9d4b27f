#include <ensue/app/stop_signals.hpp>
#include <ensue/async/loop_runtime.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <tests/testing_process.hpp>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("signals are counted on the loop; the handlers from before come back") {
  testing_process p{[](int ready) {
    loop_runtime rt;
    int sum = 0;
    {
      stop_signals s{rt, {10s, 10s, 9}, [&](int number, unsigned count) {
                       sum += number * static_cast<int>(count);
                       if (count == 2) rt.stop();
                       if (count == 1) raise(SIGINT);
                     }};
      say(ready, "up");
      rt.run();
    }
    say(ready, sum == SIGTERM + 2 * SIGINT ? "right" : "wrong");
    raise(SIGTERM);  // its default action again
    return 0;
  }};
  p.expect("up");
  p.kill(SIGTERM);
  p.expect("right");
  CHECK(p.wait() == -SIGTERM);
}

TEST_CASE("a loop that is held ends at the bound all the same" *
          doctest::skip(signals_wait_for_calls)) {
  testing_process p{[](int ready) {
    loop_runtime rt;
    const stop_signals s{rt, {50ms, 50ms, 9}, [](int, unsigned) {}};
    say(ready, "up");
    for (volatile bool held = true; held;) continue;
    return 0;
  }};
  p.expect("up");
  p.kill(SIGTERM);
  CHECK(p.wait() == 9);
}

TEST_CASE("the third signal ends a held process at once" * doctest::skip(signals_wait_for_calls)) {
  testing_process p{[](int ready) {
    loop_runtime rt;
    const stop_signals s{rt, {1h, 1h, 9}, [](int, unsigned) {}};
    say(ready, "up");
    for (volatile bool held = true; held;) continue;
    return 0;
  }};
  p.expect("up");
  // Signals that are pending together count as one.
  for (int i = 0; i < 5'000'000 && p.running(); ++i) p.kill(SIGTERM);
  CHECK(p.wait() == 9);
}

TEST_CASE("signals a parent has blocked are unblocked") {
  testing_process p{[](int ready) {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, nullptr);
    loop_runtime rt;
    const stop_signals s{rt, {10s, 10s, 9}, [&](int, unsigned) { rt.stop(); }};
    say(ready, "up");
    rt.run();
    return 3;
  }};
  p.expect("up");
  p.kill(SIGTERM);
  CHECK(p.wait() == 3);
}
