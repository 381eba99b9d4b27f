#include <ensue/async/timer.hpp>
#include <ensue/reliability/rate_limit.hpp>

#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("who comes too early waits for his turn, in order") {
  run([](runtime& rt) -> task<> {
    rate_limit l{rt, {.count = 10, .per = 1s, .burst = 2}};
    const time_point began = rt.now();
    std::string order;
    std::vector<duration> when;
    const auto call = [&](char name) -> task<> {
      co_await l.take();
      order += name;
      when.push_back(rt.now() - began);
    };
    scope s{rt};
    for (char c = 'a'; c <= 'd'; ++c) s.spawn("call", call, c);
    co_await yields(rt, 3);
    CHECK(l.waiting() == 2);
    CHECK_FALSE(l.try_take());
    co_await s.join();
    CHECK(order == "abcd");
    CHECK(when == std::vector<duration>{0ms, 0ms, 100ms, 200ms});
    CHECK(l.taken() == 4);
    CHECK(l.next() == rt.now() + 100ms);
  });
}

TEST_CASE("one who is cancelled takes nothing, not even a turn that came in the same step") {
  run([](runtime& rt) -> task<> {
    rate_limit l{rt, {.count = 1, .per = 1s}};
    REQUIRE(l.try_take());
    scope s{rt};
    std::string order;
    const auto call = [&](char name) -> task<> {
      co_await l.take();
      order += name;
    };
    const auto a = s.spawn("a", call, 'a');
    const auto b = s.spawn("b", call, 'b');
    s.spawn("c", call, 'c');
    co_await yields(rt, 2);
    a.cancel();
    // Fires behind the limit's own timer of the same time, before b runs.
    timer together{rt};
    together.call_in(1s, [&] { b.cancel(); });
    co_await sleep_for(rt, 1s);
    co_await yields(rt, 5);
    CHECK(order == "c");
    CHECK(l.taken() == 2);
    CHECK(b.cancelled());
    co_await s.join();
  });
}

TEST_CASE("the line is bounded, and lines may die out") {
  run([](runtime& rt) -> task<> {
    rate_limit l{rt, {.count = 1, .per = 1s, .waiting_max = 1}};
    REQUIRE(l.try_take());
    scope s{rt};
    const auto only = s.spawn("call", [&] { return l.take(); });
    co_await yields(rt, 2);
    const auto refused = co_await outcome(l.take());
    CHECK(refused == "full");
    only.cancel();
    co_await s.join();
    co_await sleep_for(rt, 10s);
    CHECK(l.try_take());
    CHECK_FALSE(l.try_take());
    co_await l.take();
    CHECK(l.taken() == 3);
  });
}
