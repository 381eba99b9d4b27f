// One case per row of the behaviour list, group "locks", named after it; barriers are in a file of
// their own. Left out: Condition.ambiguous_loops (a condition takes its loop from its mutex, so two
// loops cannot be written). A cancellation has no identity or message in C++: "the very one" is its
// error code.
#include <ensue/async/condition.hpp>
#include <ensue/async/deadline.hpp>
#include <ensue/async/gate.hpp>

#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

using names = std::vector<std::string>;

// Takes `s`, notes it, holds it for `turns` turns of the loop.
task<> hold(runtime& rt, semaphore& s, std::string name, names& log, int turns = 0) {
  const permit p = co_await s.acquire();
  log.push_back(name);
  co_await yields(rt, turns);
}

task<> wait_at(gate& g, std::string name, names& log) {
  co_await g.wait();
  log.push_back(name);
}

// Waits for one notification; notes whether it holds the mutex again.
task<> wait_once(mutex& m, condition& c, std::string name, names& log) {
  permit held = co_await m.lock();
  std::exception_ptr thrown;
  try {
    co_await c.wait(held);
  } catch (...) {
    thrown = std::current_exception();
  }
  log.push_back(name + (held.of(m) && m.locked() ? "" : " without lock"));
  if (thrown) std::rethrow_exception(thrown);
}

task<> notify(mutex& m, condition& c, std::size_t count) {
  const permit held = co_await m.lock();
  CHECK(c.notify(held, count));
}

}  // namespace

TEST_CASE("asyncio: Lock.cancel_release_race") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    names log;
    permit held = co_await m.lock();
    scope s{rt};
    const auto first = s.spawn("a", hold(rt, m, "a", log, 10));
    s.spawn("b", hold(rt, m, "b", log, 10));
    s.spawn("c", hold(rt, m, "c", log, 10));
    co_await yields(rt, 3);
    first.cancel();
    CHECK(held.release());
    co_await yields(rt, 3);
    CHECK(log == names{"b"});
    CHECK(m.waiting() == 1);
    co_await s.join();
    CHECK(log == names{"b", "c"});
    CHECK(first.cancelled());
  });
}

TEST_CASE("asyncio: Lock.release_not_acquired") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    permit none;
    CHECK(none.release().error() == errc::invalid);
    permit held = co_await m.lock();
    CHECK(held.release());
    CHECK(held.release().error() == errc::invalid);
    CHECK(m.free() == 1);
  });
}

TEST_CASE("asyncio: Event.wait") {
  run([](runtime& rt) -> task<> {
    gate g{rt};
    names log;
    scope s{rt};
    s.spawn("a", wait_at(g, "a", log));
    s.spawn("b", wait_at(g, "b", log));
    co_await yields(rt, 3);
    CHECK(log.empty());
    g.open();
    s.spawn("c", wait_at(g, "c", log));
    co_await s.join();
    CHECK(log.size() == 3);
    CHECK(g.waiting() == 0);
  });
}

TEST_CASE("asyncio: Event.wait_cancel") {
  run([](runtime& rt) -> task<> {
    gate g{rt};
    scope s{rt};
    const auto waiting = s.spawn("a", g.wait());
    co_await yields(rt, 3);
    CHECK(g.waiting() == 1);
    waiting.cancel();
    co_await s.join();
    CHECK(waiting.cancelled());
    CHECK(g.waiting() == 0);
  });
}

TEST_CASE("asyncio: Condition.wait") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    names log;
    scope s{rt};
    for (const char* name : {"a", "b", "c"}) s.spawn(name, wait_once(m, c, name, log));
    co_await yields(rt, 5);
    CHECK(log.empty());
    permit held = co_await m.lock();
    CHECK(c.notify(held));
    co_await yields(rt, 5);
    CHECK(log.empty());  // the mutex is not free yet
    CHECK(held.release());
    co_await yields(rt, 5);
    CHECK(log == names{"a"});
    co_await notify(m, c, 1);
    co_await yields(rt, 5);
    CHECK(log == names{"a", "b"});
    co_await notify(m, c, 1);
    co_await s.join();
    CHECK(log == names{"a", "b", "c"});
  });
}

TEST_CASE("asyncio: Condition.wait_cancel") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    names log;
    scope s{rt};
    const auto waiting = s.spawn("a", wait_once(m, c, "a", log));
    co_await yields(rt, 3);
    waiting.cancel();
    co_await s.join();
    CHECK(waiting.cancelled());
    CHECK(log == names{"a"});
    CHECK(c.waiting() == 0);
    CHECK_FALSE(m.locked());
  });
}

TEST_CASE("asyncio: Condition.wait_cancel_contested") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    names log;
    scope s{rt};
    const auto waiting = s.spawn("a", wait_once(m, c, "a", log));
    co_await yields(rt, 3);
    permit held = co_await m.lock();
    CHECK(c.notify(held));
    co_await yields(rt, 3);
    waiting.cancel();  // notified, and now in line for the mutex
    co_await yields(rt, 3);
    CHECK(log.empty());
    CHECK(held.release());
    co_await s.join();
    CHECK(log == names{"a"});
  });
}

TEST_CASE("asyncio: Condition.wait_for") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    bool presence = false, over = false;
    scope s{rt};
    s.spawn("a", [&]() -> task<> {
      permit held = co_await m.lock();
      co_await c.wait_for(held, [&] { return presence; });
      over = true;
    });
    co_await yields(rt, 3);
    co_await notify(m, c, 1);
    co_await yields(rt, 5);
    CHECK_FALSE(over);
    presence = true;
    co_await yields(rt, 5);
    CHECK_FALSE(over);
    co_await notify(m, c, 1);
    co_await s.join();
    CHECK(over);
  });
}

TEST_CASE("asyncio: Condition.wait_for_unacquired") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    permit none;
    const int value = co_await c.wait_for(none, [] { return 42; });
    CHECK(value == 42);
    const std::string end = co_await outcome(c.wait_for(none, [] { return false; }));
    CHECK(end.find("invalid") != std::string::npos);
  });
}

TEST_CASE("asyncio: Condition.notify") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    names log;
    scope s{rt};
    for (const char* name : {"a", "b", "c"}) s.spawn(name, wait_once(m, c, name, log));
    co_await yields(rt, 5);
    co_await notify(m, c, 1);
    co_await yields(rt, 5);
    CHECK(log == names{"a"});
    co_await notify(m, c, 2048);
    co_await s.join();
    CHECK(log == names{"a", "b", "c"});
  });
}

TEST_CASE("asyncio: Condition.notify_all_unacquired") {
  run([](runtime& rt) -> task<> {
    mutex m{rt}, other{rt};
    condition c{m};
    permit held = co_await other.lock();
    CHECK(c.notify_all(held).error() == errc::invalid);
    CHECK(c.notify_all(permit{}).error() == errc::invalid);
    held = co_await m.lock();
    CHECK(c.notify_all(held));
  });
}

TEST_CASE("asyncio: Condition.cancelled_error_wakeup") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    names log;
    scope s{rt};
    const auto waiting = s.spawn("a", wait_once(m, c, "a", log));
    co_await yields(rt, 3);
    waiting.cancel();
    co_await s.join();
    CHECK(shape(waiting.error()) == "cancelled");
    CHECK(log == names{"a"});
  });
}

TEST_CASE("asyncio: Condition.cancelled_error_re_aquire") {
  run([](runtime& rt) -> task<> {
    mutex m{rt};
    condition c{m};
    scope s{rt};
    const auto waiting = s.spawn("a", [&]() -> task<> {
      permit held = co_await m.lock();
      co_await c.wait(held);
      co_await yield(rt);  // where a cancellation shows that came after the notification
    });
    co_await yields(rt, 3);
    permit held = co_await m.lock();
    CHECK(c.notify(held));
    co_await yields(rt, 3);
    waiting.cancel();
    CHECK(held.release());
    co_await s.join();
    CHECK(shape(waiting.error()) == "cancelled");
    CHECK_FALSE(m.locked());
  });
}

TEST_CASE("asyncio: Semaphore.initial_value_zero") {
  run([](runtime& rt) -> task<> {
    semaphore s{rt, 0};
    CHECK(s.free() == 0);
    CHECK(s.try_acquire().error() == errc::empty);
    const std::string end = co_await outcome(with_timeout(rt, 10ms, s.acquire()));
    CHECK(end == "timed out");
  });
}

TEST_CASE("asyncio: Semaphore.acquire_cancel") {
  run([](runtime& rt) -> task<> {
    semaphore sem{rt, 0};
    names log;
    scope s{rt};
    const auto waiting = s.spawn("a", hold(rt, sem, "a", log));
    co_await yields(rt, 3);
    CHECK(sem.waiting() == 1);
    waiting.cancel();
    co_await s.join();
    CHECK(waiting.cancelled());
    CHECK(sem.waiting() == 0);
  });
}

TEST_CASE("asyncio: Semaphore.acquire_cancel_before_awoken") {
  run([](runtime& rt) -> task<> {
    semaphore sem{rt, 1};
    names log;
    permit held = co_await sem.acquire();
    scope s{rt};
    const auto a = s.spawn("a", hold(rt, sem, "a", log, 100));
    const auto b = s.spawn("b", hold(rt, sem, "b", log, 100));
    const auto c = s.spawn("c", hold(rt, sem, "c", log, 100));
    s.spawn("d", hold(rt, sem, "d", log));
    co_await yields(rt, 3);
    a.cancel();
    b.cancel();
    CHECK(held.release());
    co_await yields(rt, 5);
    CHECK(log == names{"c"});
    CHECK(sem.waiting() == 1);
    co_await s.join();
    CHECK(log == names{"c", "d"});
  });
}

TEST_CASE("asyncio: Semaphore.acquire_hang") {
  run([](runtime& rt) -> task<> {
    semaphore sem{rt, 1};
    names log;
    permit held = co_await sem.acquire();
    scope s{rt};
    const auto a = s.spawn("a", hold(rt, sem, "a", log, 10));
    s.spawn("b", hold(rt, sem, "b", log, 10));
    co_await yields(rt, 3);
    a.cancel();
    CHECK(held.release());
    co_await yields(rt, 3);
    CHECK(log == names{"b"});
    CHECK(sem.free() == 0);
    co_await s.join();
    CHECK(sem.free() == 1);
  });
}

TEST_CASE("asyncio: Semaphore.acquire_no_hang") {
  run([](runtime& rt) -> task<> {
    semaphore sem{rt, 1};
    names log;
    permit held = co_await sem.acquire();
    scope s{rt};
    const auto a = s.spawn("a", hold(rt, sem, "a", log, 10));
    co_await yields(rt, 3);
    CHECK(held.release());  // wakes a …
    a.cancel();             // … which is cancelled before it runs
    co_await s.join();
    CHECK(a.cancelled());
    const auto again = sem.try_acquire();
    CHECK(again.has_value());
  });
}

TEST_CASE("asyncio: Semaphore.release_no_waiters") {
  run([](runtime& rt) -> task<> {
    semaphore sem{rt, 1};
    permit held = co_await sem.acquire();
    CHECK(sem.free() == 0);
    CHECK(held.release());
    CHECK(sem.free() == 1);
  });
}

TEST_CASE("asyncio: Semaphore.acquire_fifo_order") {
  run([](runtime& rt) -> task<> {
    semaphore sem{rt, 1};
    names log;
    scope s{rt};
    for (const char* name : {"a", "b", "c"})
      s.spawn(name, [&rt, &sem, &log, name]() -> task<> {
        co_await hold(rt, sem, name + std::string{"1"}, log, 2);
        co_await hold(rt, sem, name + std::string{"2"}, log, 2);
      });
    co_await s.join();
    CHECK(log == names{"a1", "b1", "c1", "a2", "b2", "c2"});
  });
}
