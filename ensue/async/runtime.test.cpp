#include <ensue/async/gate.hpp>
#include <ensue/async/runtime.hpp>

#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("waiting() names what every coroutine waits for, oldest first") {
  run([](runtime& rt) -> task<> {
    gate open_late{rt, false, "the gate"};
    scope s{rt};
    const auto a = s.spawn("a", open_late.wait());
    co_await yields(rt, 2);
    const auto b = s.spawn("b", sleep_task(rt, 1h));
    co_await yields(rt, 2);
    const std::vector<std::string> lines = rt.waiting();
    REQUIRE(lines.size() >= 2);
    CHECK(lines[0].starts_with("the gate"));
    CHECK(lines[1].starts_with("sleep"));
    open_late.open();
    b.cancel();
    co_await s.join();
    CHECK(a.finished());
  });
}

TEST_CASE("a disarmed timer does not fire, not even when it was due already") {
  sim::world w{fifo()};
  struct entry : timer_entry {
    entry() : timer_entry{[](work& self) { ++static_cast<entry&>(self).fired; }} {}
    int fired = 0;
  } never_fires, fires;
  w.rt().arm(never_fires, w.now() + 1ms);
  w.rt().arm(fires, w.now() + 1ms);
  w.rt().disarm(never_fires);
  w.run();
  CHECK(never_fires.fired == 0);
  CHECK(fires.fired == 1);
}

TEST_CASE("streams and ids are fixed by the seed and the name") {
  sim::world a{7}, b{7}, c{8};
  CHECK(a.rt().random("x").next() == b.rt().random("x").next());
  CHECK(a.rt().random("x").next() != a.rt().random("y").next());
  CHECK(a.rt().random("x").next() != c.rt().random("x").next());
  CHECK(a.rt().new_id() == b.rt().new_id());
}
