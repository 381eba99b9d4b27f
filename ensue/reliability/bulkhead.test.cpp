#include <ensue/reliability/bulkhead.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("no more than allowed are at work, and no more than allowed wait") {
  run([](runtime& rt) -> task<> {
    bulkhead b{rt, {.concurrency = 2, .waiting_max = 1}};
    int done = 0;
    const auto work = [&]() -> task<int> {
      co_await sleep_for(rt, 1s);
      co_return ++done;
    };
    scope s{rt};
    for (int i = 0; i < 3; ++i) s.spawn("call", [&] { return b.call(work); });
    co_await yields(rt, 3);
    CHECK(b.at_work() == 2);
    CHECK(b.waiting() == 1);
    CHECK(b.try_acquire().error() == errc::full);
    const auto what = co_await outcome(b.call(work));
    CHECK(what == "full");
    CHECK(b.refused() == 2);
    co_await s.join();
    CHECK(done == 3);
    CHECK(b.at_work() == 0);
  });
}

TEST_CASE("a call that fails or is cancelled gives its place back") {
  run([](runtime& rt) -> task<> {
    bulkhead b{rt, {.concurrency = 1}};
    const auto bad = [&] { return fail_after(rt, 1ms, "no route"); };
    const auto what = co_await outcome(b.call(bad));
    CHECK(what == "no route");
    scope s{rt};
    const auto c = s.spawn("call", [&] { return b.call([&] { return sleep_task(rt, 1h); }); });
    co_await yields(rt, 3);
    CHECK(b.at_work() == 1);
    c.cancel();
    co_await s.join();
    CHECK(b.at_work() == 0);
  });
}

TEST_CASE("a bulkhead that is off lets all through") {
  sim::world w;
  bulkhead b{w.rt(), bulkhead_policy::none()};
  const auto first = b.try_acquire(), second = b.try_acquire();
  CHECK(first.has_value());
  CHECK(second.has_value());
  CHECK(b.at_work() == 2);
}

TEST_CASE("a wrong bulkhead is refused in a sentence") {
  CHECK_FALSE(bulkhead_policy{}.wrong());
  CHECK(bulkhead_policy{.concurrency = 0}.wrong()->starts_with("bulkhead.concurrency is 0; "));
}
