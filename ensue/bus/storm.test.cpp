#include <ensue/async/errors.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;

namespace {

struct ping {
  static constexpr std::string_view event_name = "ping";
  int n = 0;
};
struct pong {
  static constexpr std::string_view event_name = "pong";
  int n = 0;
};
struct pang {
  static constexpr std::string_view event_name = "pang";
  int n = 0;
};

struct fixture {
  sim::world w;
  bus b{w.rt()};
  int calls = 0;
  ~fixture() { CHECK(b.total().balanced()); }
  const std::vector<std::string>& storms() { return b.engine().storms(); }
};

task<> drive(bus& b) {
  co_await b.post<ping>(0);
  co_await b.wait_idle();
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "an emit that comes back to itself is cut, and the cycle named") {
  auto s1 = b.subscribe([&](const ping& p) { ++calls, (void)b.emit<pong>(p.n); });
  auto s2 = b.subscribe([&](const pong& p) { (void)b.emit<pang>(p.n); });
  emit_result last;
  auto s3 = b.subscribe([&](const pang& p) {
    const emit_result r = b.emit<ping>(p.n);
    if (r.refused) last = r;
  });
  CHECK(b.emit<ping>(1).ok());
  REQUIRE(storms().size() == 1);
  CHECK((storms()[0] == "ping -> pong -> pang -> ping" ||
         storms()[0] == "pong -> pang -> ping -> pong" ||
         storms()[0] == "pang -> ping -> pong -> pang"));
  CHECK(calls <= 7);
}

TEST_CASE_FIXTURE(fixture, "the publish that led to a storm hears of it, with the cycle") {
  auto s1 = b.subscribe<ping>([&](const ping& p) { b.emit<pong>(p.n); }, {.name = "first"});
  auto s2 = b.subscribe<pong>([&](const pong& p) { b.emit<ping>(p.n); }, {.name = "second"});
  const auto report = w.block_on(b.publish<ping>(1));
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].subscription == "first");
  CHECK(report.failures[0].what().find("ping -> pong") != std::string::npos);
}

TEST_CASE("a publish hears of many storms boundedly often") {
  sim::world w;
  bus b{w.rt(), {.budget_max = 5}};
  auto s1 = b.subscribe<ping>([&](const ping&) {
    for (int n = 0; n < 1'000; ++n) b.emit<pong>(n);
  });
  auto s2 = b.subscribe<pong>([](const pong&) {});
  CHECK(w.block_on(b.publish<ping>(1)).failures.size() == dispatcher::storms_max);
}

TEST_CASE_FIXTURE(fixture, "a handler that posts its own event is cut at the depth limit") {
  error_code last;
  auto s = b.subscribe([&](const ping& p, context& c) {
    ++calls;
    if (const error_code ec = c.try_post<ping>(p.n + 1)) last = ec;
  });
  w.block_on(drive(b));
  CHECK(calls == static_cast<int>(limits::event_depth_max) + 1);
  CHECK(last == errc::too_deep);
  CHECK(storms() == std::vector<std::string>{"ping -> ping"});
}

TEST_CASE_FIXTURE(fixture, "a cycle of results over queues is cut, and the cycle named") {
  auto s1 = b.subscribe([&](const ping& p) { return ++calls, pong{p.n}; });
  auto s2 = b.subscribe([](const pong& p) { return pang{p.n}; });
  auto s3 = b.subscribe([](const pang& p) { return ping{p.n}; });
  w.block_on(drive(b));
  REQUIRE(storms().size() == 1);
  CHECK(storms()[0].find(" -> ") != std::string::npos);
  CHECK(storms()[0].substr(0, 4) == storms()[0].substr(storms()[0].size() - 4));
  CHECK(b.total().dead == 1);  // the result that did not get through
}

TEST_CASE_FIXTURE(fixture, "a cycle of coroutines by their contexts is cut, and the cycle named") {
  auto s1 = b.subscribe([&](const ping& p, context& c) -> task<> {
    ++calls;
    co_await yield(c.rt());
    co_await c.post<pong>(p.n);
  });
  auto s2 = b.subscribe([](const pong& p, context& c) -> task<> {
    co_await yield(c.rt());
    (void)c.emit(ping{p.n});
    co_return;
  });
  w.block_on(drive(b));
  REQUIRE(storms().size() == 1);
  CHECK((storms()[0] == "ping -> pong -> ping" || storms()[0] == "pong -> ping -> pong"));
  CHECK(calls <= 9);
}

TEST_CASE_FIXTURE(fixture, "a coroutine that publishes its own event is cut") {
  error_code last;
  auto s = b.subscribe<ping>(
      [&](const ping& p, context& c) -> task<> {
        ++calls;
        try {
          (void)co_await c.publish<ping>(p.n);
        } catch (const system_error& e) {
          last = e.code();
        }
      },
      {.concurrency = 100});
  w.block_on(drive(b));
  CHECK(last == errc::too_deep);
  CHECK(calls == static_cast<int>(limits::event_depth_max) + 1);
}

TEST_CASE("the budget of a root event bounds what it causes, by post and by emit") {
  for (const bool by_post : {true, false}) {
    sim::world w;
    bus b{w.rt(), {.depth_max = 8, .budget_max = 50}};
    int calls = 0;
    auto s = b.subscribe([&](const ping& p, context& c) {
      ++calls;
      for (int i = 0; i < 3; ++i) {
        if (by_post) {
          (void)c.try_post<ping>(p.n);
        } else {
          (void)b.emit<ping>(p.n);
        }
      }
    });
    w.block_on(drive(b));
    CHECK(calls == 51);
    CHECK_FALSE(b.engine().storms().empty());
    const int before = calls;
    w.block_on(drive(b));  // the next root has its own budget
    CHECK(calls == before + 51);
    CHECK(b.total().balanced());
  }
}

TEST_CASE("a storm of handlers' results is a failure that names the cycle") {
  sim::world w;
  std::string said;
  bus b{w.rt(), {.on_failure = [&](const failure& f) { said = describe(f.error); }}};
  auto s1 = b.subscribe([](const ping& p) { return pong{p.n}; });
  auto s2 = b.subscribe([](const pong& p) { return ping{p.n}; });
  CHECK_FALSE(b.try_post<ping>(1));
  w.run();
  CHECK(said.find("publishing a handler's result: ") == 0);
  CHECK(said.find("pong -> ping -> pong") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a fan-out within its budget is no storm") {
  auto s1 = b.subscribe([&](const ping&, context& c) {
    for (int i = 0; i < 500; ++i) CHECK_FALSE(c.try_post<pong>(i));
  });
  auto s2 = b.subscribe([&](const pong&) { ++calls; });
  w.block_on(drive(b));
  CHECK(calls == 500);
  CHECK(storms().empty());
}

TEST_CASE_FIXTURE(fixture, "what a nested emit leads to in coroutines knows its cause and root") {
  uuid root;
  bool right = false;
  auto s1 = b.subscribe([&](const ping& p, context& c) {
    root = c.event_id();
    (void)b.emit<pong>(p.n);
  });
  auto s2 = b.subscribe([&](const pong&, context& c) -> task<> {
    co_await yield(c.rt());
    right = c.meta().causation == root && c.meta().root() == root && c.depth() == 1;
  });
  w.block_on(drive(b));
  CHECK(right);
}

TEST_CASE("a failing error handler does not keep a failure from the bus's own") {
  sim::world w;
  int told = 0;
  bus b{w.rt(), {.on_failure = [&](const failure&) { throw ++told; }}};
  auto s = b.subscribe<ping>([](const ping&) { throw 1; },
                             {.on_error = [](const failure&) { throw 2; }});
  CHECK(b.emit<ping>(1).failed == 1);
  CHECK(told == 1);
  CHECK(b.accounts()[0].failed == 1);
}

TEST_CASE_FIXTURE(fixture, "a failing error handler is contained, and each failure is told once") {
  int told = 0;
  const auto count = [&](const failure&) {
    ++told;
    throw 5;
  };
  auto s1 = b.subscribe<ping>([](const ping&) { throw std::bad_alloc{}; }, {.on_error = count});
  auto s2 = b.subscribe<ping>(
      [](const ping&) -> task<> {
        throw "text";
        co_return;
      },
      {.on_error = count});
  auto s3 = b.subscribe<ping>(
      [](const ping&) { throw system_error(boost::asio::error::operation_aborted); },
      {.on_error = count});
  auto s4 = b.subscribe<ping>(
      [](const ping&, context& c) -> task<> {
        co_await yield(c.rt());
        throw system_error(boost::asio::error::operation_aborted);
      },
      {.on_error = count});
  auto s5 = b.subscribe([&](const ping&) { ++calls; });
  const auto report = w.block_on(b.publish<ping>(1));
  CHECK(report.failures.size() == 4);
  CHECK(told == 4);
  CHECK(calls == 1);
  for (auto* s : {&s1, &s2, &s3, &s4}) CHECK(s->counts().dead == 1);
}
