#include <ensue/async/shield.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<> note_end(runtime& rt, duration d, bool& ended) {
  co_await sleep_for(rt, d);
  ended = true;
}

}  // namespace

TEST_CASE("shielded work ends although its owner is cancelled, then the cancellation comes out") {
  run([](runtime& rt) -> task<> {
    bool ended = false, went_on = false;
    scope s{rt};
    const auto owner = s.spawn("owner", [&]() -> task<> {
      co_await shield(rt, 1s, note_end(rt, 50ms, ended));
      co_await yield(rt);
      went_on = true;
    });
    co_await sleep_for(rt, 10ms);
    owner.cancel();
    co_await s.join();
    CHECK(ended);
    CHECK_FALSE(went_on);
    CHECK(owner.cancelled());
  });
}

TEST_CASE("a shield has a limit and reports it") {
  run([](runtime& rt) -> task<> {
    const time_point before = rt.now();
    const std::string end = co_await outcome(shield(rt, 10ms, sleep_task(rt, 1h)));
    CHECK(end == "timed out");
    CHECK(rt.now() - before == 10ms);
  });
}

TEST_CASE("a coroutine that is cancelled already can still shield") {
  run([](runtime& rt) -> task<> {
    bool ended = false;
    scope s{rt};
    const auto owner = s.spawn("owner", [&]() -> task<> {
      try {
        co_await sleep_for(rt, 1h);
      } catch (const system_error&) {
      }
      co_await this_coro::throw_if_cancelled(false);
      co_await shield(rt, 1s, note_end(rt, 5ms, ended));
      co_await this_coro::throw_if_cancelled(true);
      co_await yield(rt);
      FAIL("its cancellation was swallowed");
    });
    co_await sleep_for(rt, 10ms);
    owner.cancel();
    co_await s.join();
    CHECK(ended);
    CHECK(owner.cancelled());
  });
}

TEST_CASE("cleanup runs however the work ended") {
  run([](runtime& rt) -> task<> {
    bool ended = false;
    co_await with_cleanup(rt, 1s, sleep_task(rt, 1ms), note_end(rt, 1ms, ended));
    CHECK(ended);
    ended = false;
    const std::string failed = co_await outcome(
        with_cleanup(rt, 1s, fail_after(rt, 1ms, "no stock"), note_end(rt, 1ms, ended)));
    CHECK(failed == "no stock");
    CHECK(ended);
    const std::string both =
        co_await outcome(with_cleanup(rt, 1s, fail_after(rt, 1ms, "a"), fail_after(rt, 1ms, "b")));
    CHECK(both == "[a, b]");
    const std::string hung =
        co_await outcome(with_cleanup(rt, 10ms, sleep_task(rt, 1ms), sleep_task(rt, 1h)));
    CHECK(hung == "timed out");
  });
}
