#include <ensue/async/scope.hpp>

#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

scope_options named(const char* name, std::size_t children_max) {
  return {.name = name, .children_max = children_max};
}

}  // namespace

TEST_CASE("a scope refuses or makes wait beyond its bound") {
  run([](runtime& rt) -> task<> {
    scope s{rt, {.name = "two", .children_max = 2}};
    s.spawn("a", sleep_task(rt, 10ms));
    s.spawn("b", sleep_task(rt, 20ms));
    CHECK(s.try_spawn("c", sleep_task(rt, 1ms)).error() == errc::full);
    const time_point before = rt.now();
    const child<> c = co_await s.spawn_wait("c", sleep_task(rt, 100ms));
    CHECK(rt.now() - before == 10ms);
    co_await s.join();
    CHECK(c.finished());
  });
}

TEST_CASE("those who wait for a place are refused when the scope fails") {
  run([](runtime& rt) -> task<> {
    std::string refused;
    const std::string end =
        co_await outcome(with_scope(rt, named("one", 2), [&](scope& s) -> task<> {
          s.spawn("x", fail_after(rt, 10ms, "no stock"));
          refused = co_await outcome(s.spawn_wait("y", sleep_task(rt, 1ms)));
        }));
    CHECK(end == "[no stock]");
    CHECK((refused == "closed" || refused == "cancelled"));
  });
}

TEST_CASE("a child that cancels its own scope ends it") {
  run([](runtime& rt) -> task<> {
    child<> other;
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      other = s.spawn("other", sleep_task(rt, 1h));
      s.spawn("ender", [&]() -> task<> {
        co_await sleep_for(rt, 1ms);
        s.cancel();
      });
      co_await sleep_for(rt, 1h);
    }));
    CHECK(end == "cancelled");
    CHECK(other.cancelled());
  });
}

TEST_CASE("a child that ends by a cancellation nobody asked for has failed") {
  run([](runtime& rt) -> task<> {
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      s.spawn("x", [&]() -> task<> {
        co_await yield(rt);
        throw_cancelled();
      });
      co_await sleep_for(rt, 1h);
    }));
    CHECK(end == "[cancelled]");
  });
}

TEST_CASE("a cancelled owner's children finish their cleanup before it goes on") {
  run([](runtime& rt) -> task<> {
    bool cleaned = false;
    scope around{rt};
    const auto owner = around.spawn("owner", [&]() -> task<> {
      co_await with_scope(rt, [&](scope& s) -> task<> {
        s.spawn("slow", [&]() -> task<> {
          try {
            co_await sleep_for(rt, 1h);
          } catch (const system_error&) {
            cleaned = true;
            throw;
          }
        });
        co_await sleep_for(rt, 1h);
      });
    });
    co_await sleep_for(rt, 1ms);
    owner.cancel();
    co_await around.join();
    CHECK(owner.cancelled());
    CHECK(cleaned);
  });
}

TEST_CASE("a scope returns what its body returns") {
  run([](runtime& rt) -> task<> {
    const auto body = [&](scope& s) -> task<int> {
      const auto c = s.spawn("c", sleep_task(rt, 1ms));
      co_await c.wait();
      co_return 42;
    };
    const int got = co_await with_scope(rt, body);
    CHECK(got == 42);
  });
}

TEST_CASE("no child outlives its scope, whatever fails when, in any order of events") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::world w{sim::options::swarm(seed)};
    runtime& rt = w.rt();
    int alive = 0;
    bool outside = false;
    const auto one = [&](std::uint64_t n) -> task<> {
      struct counted {
        int& alive;
        explicit counted(int& a) : alive{a} { ++alive; }
        ~counted() { --alive; }
      } const here{alive};
      const std::chrono::milliseconds pause{static_cast<int>((seed * 7 + n * 13) % 20)};
      co_await sleep_for(rt, pause);
      CHECK_FALSE(outside);
      if ((seed + n) % 5 == 0) throw std::runtime_error{"no stock"};
    };
    const auto body = [&](scope& s) -> task<> {
      for (std::uint64_t n = 0; n < 8; ++n) {
        const auto c = s.try_spawn("child", one(n));
        if (!c) break;
        if (n % 3 == 0) co_await yield(rt);
      }
    };
    const std::string end = w.block_on(outcome(with_scope(rt, body)));
    outside = true;
    CHECK(alive == 0);
    CHECK(end.starts_with('['));
  }
}
