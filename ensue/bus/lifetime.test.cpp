// What handlers may do to subscriptions, the bus and the runtime that call them. Most of it only
// means something under AddressSanitizer.
#include <ensue/async/errors.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct knock {
  int n = 0;
  std::string text = std::string(40, 'k');
};
struct echo {
  int n = 0;
};

struct fixture {
  sim::world w;
  std::unique_ptr<bus> b = std::make_unique<bus>(w.rt());
  std::vector<subscription> held;
  int calls = 0;
  ~fixture() {
    if (b) CHECK(b->total().balanced());
  }
  subscription count(int by = 1) {
    return b->subscribe([this, by](const knock&) { calls += by; });
  }
  subscription count_later() {
    return b->subscribe([this](const knock& k, context& c) -> task<> {
      co_await yield(c.rt());
      calls += static_cast<int>(k.text.size()) / 40;
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a plain handler may destroy the bus, emitted to or queued") {
  for (const bool queued : {false, true}) {
    b = std::make_unique<bus>(w.rt());
    calls = 0;
    auto s1 = b->subscribe([&](const knock& k) {
      ++calls;
      b.reset();
      calls += static_cast<int>(k.text.size()) / 40;  // the event is still there
    });
    auto s2 = count(10), s3 = count_later();
    if (queued) {
      for (int i = 0; i < 5; ++i) CHECK_FALSE(b->try_post<knock>(i));
    } else {
      (void)b->emit<knock>(1);
    }
    w.run();
    CHECK(calls % 10 >= 2);  // the coroutine may have come first
    CHECK_FALSE(s1.active());
    CHECK_FALSE(s3.active());
  }
}

TEST_CASE_FIXTURE(fixture, "a coroutine handler may destroy the bus and go on to its end") {
  auto s1 = b->subscribe([&](const knock& k) -> task<> {
    b.reset();
    calls += static_cast<int>(k.text.size());
    co_return;
  });
  auto s2 = count_later();
  for (int i = 0; i < 3; ++i) CHECK_FALSE(b->try_post<knock>(i));
  w.run();
  CHECK(calls % 40 <= 3);
  CHECK(calls >= 40);
}

TEST_CASE_FIXTURE(fixture, "a nested emit may destroy the bus under both emits") {
  auto s1 = b->subscribe([&](const knock&) {
    (void)b->emit<echo>(1);
    ++calls;
  });
  auto s2 = b->subscribe([&](const echo&) { b.reset(); });
  auto s3 = b->subscribe([&](const echo&) { calls += 100; });
  auto s4 = count(100);
  (void)b->emit<knock>(1);
  CHECK(calls == 1);
}

TEST_CASE_FIXTURE(fixture, "an error handler may destroy the bus") {
  auto s1 = b->subscribe<knock>([](const knock&) { throw 1; },
                                {.on_error = [&](const failure&) { b.reset(); }});
  auto s2 = count(100);
  (void)b->emit<knock>(1);
  CHECK(calls == 0);
}

TEST_CASE_FIXTURE(fixture, "a handler may end itself and others, plain, coroutine, queued") {
  for (int round = 0; round < 4; ++round) {
    held.clear();
    held.push_back(b->subscribe([&](const knock& k) {
      ++calls;
      held.clear();
      calls += static_cast<int>(k.text.size()) / 40;
    }));
    held.push_back(count(100));
    held.push_back(count_later());
    calls = 0;
    if (round % 2 == 0) {
      (void)b->emit<knock>(1);
    } else {
      for (int i = 0; i < 4; ++i) CHECK_FALSE(b->try_post<knock>(i));
    }
    w.run();
    CHECK(calls % 100 >= 2);
    CHECK(b->idle());
  }
}

TEST_CASE_FIXTURE(fixture, "a coroutine that ends its own subscription runs to its end") {
  held.push_back(b->subscribe([&](const knock&, context& c) -> task<> {
    held.clear();
    co_await yield(c.rt());
    ++calls;
  }));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(b->try_post<knock>(i));
  w.run();
  CHECK(calls == 1);
  CHECK(b->total().dropped_for(drop_reason::unsubscribed) == 2);
  CHECK(b->total().handled == 1);
}

TEST_CASE_FIXTURE(fixture, "handlers may throw anything, and none but they suffer") {
  struct odd {};
  auto s1 = b->subscribe([](const knock&) { throw odd{}; });
  // NOLINTNEXTLINE(misc-throw-by-value-catch-by-reference): handlers may throw anything
  auto s2 = b->subscribe([](const knock&) { throw static_cast<const char*>("text"); });
  auto s3 = b->subscribe([](const knock&) -> task<> {
    throw std::bad_alloc{};
    co_return;
  });
  auto s4 = count();
  const auto report = w.block_on(b->publish<knock>(1));
  CHECK(report.failures.size() == 3);
  CHECK(calls == 1);
  CHECK(b->total().dead == 3);
}

TEST_CASE_FIXTURE(fixture, "a bus that closes counts what is queued and cancels what waits") {
  bool unwound = false;
  auto s1 = b->subscribe([&](const knock&, context& c) -> task<> {
    struct note {
      bool& to;
      ~note() { to = true; }
    } const at_end{unwound};
    co_await ensue::sleep_for(c.rt(), 1h);
    ++calls;
  });
  for (int i = 0; i < 5; ++i) CHECK_FALSE(b->try_post<knock>(i));
  w.run_for(1s);
  b->close();
  w.run_for(1s);
  CHECK(unwound);
  CHECK(calls == 0);
  CHECK(b->total().dropped_for(drop_reason::shutdown) == 5);
  CHECK(b->idle());
  auto late = b->subscribe([&](const knock&) { ++calls; });
  CHECK(b->emit<knock>(1).refused == 1);
  CHECK(b->try_post<knock>(1) == errc::closed);
}

TEST_CASE("a runtime may end with the bus open or closed, workers suspended and events queued") {
  for (const bool open : {false, true}) {
    auto rt = std::make_unique<loop_runtime>();
    auto b = std::make_unique<bus>(*rt);
    auto s1 = b->subscribe<knock>(
        [](const knock&, context& c) -> task<> { co_await ensue::sleep_for(c.rt(), 1h); },
        {.concurrency = 3});
    auto s2 = b->subscribe_batch<knock>([](const batch<knock>&) {}, {.count = 100});
    for (int i = 0; i < 6; ++i) CHECK_FALSE(b->try_post<knock>(i));
    while (rt->run_ready()) {
    }
    CHECK(s1.counts().running == 3);
    if (!open) {
      b.reset();
      while (rt->run_ready()) {
      }
    }
    rt.reset();
    CHECK(s1.active() == open);
    if (open) CHECK(b->total().balanced());
  }
}

TEST_CASE("a world may end with every kind of wait of the bus under way") {
  auto w = std::make_unique<sim::world>();
  std::optional<bus> b;
  b.emplace(w->rt());
  auto s = b->subscribe<knock>(
      [](const knock&, context& c) -> task<> { co_await ensue::sleep_for(c.rt(), 1h); },
      {.capacity = 1});
  CHECK_FALSE(b->try_post<knock>(1));
  w->run_for(1s);
  CHECK_FALSE(b->try_post<knock>(2));
  w->spawn_background("post", b->post<knock>(3));
  w->spawn_background("idle", b->wait_idle());
  w->spawn_background("publish",
                      [](bus& to) -> task<> { (void)co_await to.publish<knock>(4); }(*b));
  w->spawn_background("expect", [](bus& to) -> task<> { (void)co_await to.expect<echo>(1h); }(*b));
  w->run_for(1s);
  CHECK(b->total().balanced());
  b.reset();
  w.reset();
}
