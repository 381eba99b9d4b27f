#include <ensue/async/deadline.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/promise.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <tests/async_cases.hpp>
#include <thread>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("a value set before or after the wait arrives") {
  run([](runtime& rt) -> task<> {
    future<int> before{rt}, after{rt};
    promise<int> p = before.get_promise(), q = after.get_promise();
    CHECK(p.set(1));
    const int first = co_await before.wait();
    CHECK(first == 1);
    scope s{rt};
    const auto waiting = s.spawn("w", after.wait());
    co_await yields(rt, 3);
    CHECK(q.set(2));
    co_await s.join();
    CHECK(waiting.get() == 2);
  });
}

TEST_CASE("the first of set, fail and death decides") {
  run([](runtime& rt) -> task<> {
    future<int> f{rt};
    promise<int> p = f.get_promise();
    CHECK(p.set(1));
    CHECK_FALSE(p.set(2));
    CHECK_FALSE(p.fail(std::make_exception_ptr(std::runtime_error{"late"})));
    const int got = co_await f.wait();
    CHECK(got == 1);
    future<> failed{rt}, broken{rt};
    promise<> q = failed.get_promise();
    CHECK(q.fail(std::make_exception_ptr(std::runtime_error{"no answer"})));
    {
      const promise<> dies = broken.get_promise();
    }
    const std::string first = co_await outcome(failed.wait());
    CHECK(first == "no answer");
    const std::string second = co_await outcome(broken.wait());
    CHECK(second == "closed");
  });
}

TEST_CASE("nobody waits any more: set says so") {
  run([](runtime& rt) -> task<> {
    auto f = std::make_unique<future<int>>(rt);
    promise<int> p = f->get_promise();
    f.reset();
    CHECK_FALSE(p.set(1));
    co_return;
  });
}

TEST_CASE("a promise may outlive the runtime") {
  std::optional<promise<int>> p;
  {
    loop_runtime rt;
    future<int> f{rt};
    p.emplace(f.get_promise());
  }
  CHECK_FALSE(p->set(1));
}

TEST_CASE("a cancelled wait can be repeated") {
  run([](runtime& rt) -> task<> {
    future<int> f{rt};
    promise<int> p = f.get_promise();
    const std::string end = co_await outcome(with_timeout(rt, 1ms, f.wait()));
    CHECK(end == "timed out");
    CHECK(p.set(3));
    const int got = co_await f.wait();
    CHECK(got == 3);
  });
}

TEST_CASE("several threads race to set: one wins, and the loop gets what it set") {
  loop_runtime rt;
  for (int round = 0; round < 50; ++round) {
    future<int> f{rt};
    auto p = std::make_shared<promise<int>>(f.get_promise());
    std::atomic<int> winners{0}, winner{-1};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        if (!p->set(t)) return;
        ++winners;
        winner = t;
      });
    }
    const int got = block_on(rt, f.wait());
    for (std::thread& t : threads) t.join();
    CHECK(winners == 1);
    CHECK(got == winner);
  }
}

TEST_CASE("a future may die while threads set it") {
  loop_runtime rt;
  for (int round = 0; round < 50; ++round) {
    auto f = std::make_unique<future<int>>(rt);
    promise<int> p = f->get_promise();
    std::thread other{[&] { static_cast<void>(p.set(1)); }};
    f.reset();
    other.join();
    rt.run_ready();
  }
}
