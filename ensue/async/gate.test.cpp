#include <ensue/async/gate.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("a gate can be closed again; those it let through are through") {
  run([](runtime& rt) -> task<> {
    gate g{rt, true};
    co_await g.wait();
    g.close();
    scope s{rt};
    const auto early = s.spawn("early", g.wait());
    co_await yields(rt, 3);
    CHECK_FALSE(early.finished());
    g.open();
    g.close();
    const auto late = s.spawn("late", g.wait());
    co_await yields(rt, 3);
    CHECK(early.finished());
    CHECK_FALSE(late.finished());
    g.open();
    co_await s.join();
    CHECK(late.finished());
  });
}
