#include <ensue/async/errors.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/middleware.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace ensue;

namespace {

struct payment {
  static constexpr std::string_view event_name = "payment";
  int amount = 0;
};
struct refund {
  int amount = 0;
};

struct fixture {
  sim::world w;
  bus b{w.rt()};
  std::string calls;
  ~fixture() { CHECK(b.total().balanced()); }

  subscription plain() {
    return b.subscribe([this](const payment& p) { calls += "p" + std::to_string(p.amount); });
  }
  subscription coroutine() {
    return b.subscribe([this](const payment& p, context& c) -> task<> {
      co_await yield(c.rt());
      calls += "c" + std::to_string(p.amount);
    });
  }
};

task<> around_task(std::string& calls, context& c, next_task next) {
  calls += "<";
  co_await next();
  calls += ">";
  (void)c;
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "publish-side middleware changes events of its type, in order of use") {
  auto s1 = plain(), s2 = coroutine();
  b.use(change<payment>([](payment& p) { return ++p.amount, true; }));
  b.use(change<payment>([](payment& p) { return p.amount *= 10, true; }));
  const payment mine{1};
  CHECK(b.emit(mine).delivered == 2);
  CHECK(mine.amount == 1);
  w.run();
  CHECK_FALSE(b.try_post<payment>(2));
  w.run();
  CHECK((calls == "p20c20p30c30" || calls == "p20c20c30p30"));
}

TEST_CASE_FIXTURE(fixture, "what publish-side middleware drops is counted as filtered by all") {
  auto s1 = plain(), s2 = coroutine();
  b.use(change<payment>([](payment& p) { return p.amount > 0; }));
  CHECK(b.emit<payment>(0).delivered == 0);
  CHECK_FALSE(b.try_post<payment>(-1));
  CHECK(w.block_on(b.publish<payment>(-2)).ok());
  w.run();
  CHECK(calls.empty());
  CHECK(s1.counts().filtered == 3);
  CHECK(s2.counts().filtered == 3);
  CHECK(s1.counts().accepted == 3);
}

TEST_CASE_FIXTURE(fixture, "publish-side middleware sees an event once, however long it waits") {
  int seen = 0;
  auto s = b.subscribe([](const payment&, context& c) -> task<> { co_await yield(c.rt()); },
                       {.capacity = 1});
  middleware m;
  m.on_publish = [&](publishing&) { return ++seen, true; };
  b.use(std::move(m));
  for (int i = 0; i < 5; ++i) w.spawn("poster", b.post<payment>(i));
  w.run();
  CHECK(seen == 5);
  CHECK(s.counts().handled == 5);
}

TEST_CASE_FIXTURE(fixture, "a publish-side middleware that throws drops the event") {
  auto s = plain();
  middleware m;
  m.on_publish = [](publishing&) -> bool { throw std::runtime_error{"broken"}; };
  b.use(std::move(m));
  CHECK(b.emit<payment>(1).delivered == 0);
  CHECK(s.counts().filtered == 1);
}

TEST_CASE_FIXTURE(fixture, "before and after stand around plain and coroutine handlers, nested") {
  auto s1 = plain(), s2 = coroutine();
  for (const char* name : {"1", "2"}) {
    middleware m;
    m.before = [this, name](context&) { return calls += name, true; };
    m.after = [this, name](context& c, const std::exception_ptr& e) {
      calls += name;
      CHECK(c.reached());
      CHECK_FALSE(e);
    };
    b.use(std::move(m));
  }
  CHECK_FALSE(b.try_post<payment>(7));
  w.run();
  CHECK((calls == "12p72112c721" || calls == "12c72112p721"));
}

TEST_CASE_FIXTURE(fixture, "around wraps plain handlers, around_task coroutines") {
  auto s1 = plain(), s2 = coroutine();
  middleware m;
  m.around = [this](context&, next_call next) {
    calls += "[";
    next();
    calls += "]";
  };
  m.around_task = [this](context& c, next_task next) { return around_task(calls, c, next); };
  b.use(std::move(m));
  CHECK(b.emit<payment>(1).delivered == 2);
  w.run();
  CHECK(calls == "[p1]<c1>");
  CHECK(s1.counts().handled == 1);
  CHECK(s2.counts().handled == 1);
}

TEST_CASE_FIXTURE(fixture, "a handler that no middleware calls has its event dropped") {
  auto s1 = plain(), s2 = coroutine();
  middleware m;
  m.before = [](context& c) { return c.event().as<payment>()->amount > 0; };
  b.use(std::move(m));
  CHECK(b.emit<payment>(0).delivered == 1);  // the coroutine's event was queued
  CHECK_FALSE(b.try_post<payment>(-1));
  CHECK_FALSE(b.try_post<payment>(5));
  w.run();
  CHECK((calls == "p5c5" || calls == "c5p5"));
  CHECK(s1.counts().dropped_for(drop_reason::middleware) == 2);
  CHECK(s2.counts().dropped_for(drop_reason::middleware) == 2);
  CHECK(s2.counts().handled == 1);
}

TEST_CASE_FIXTURE(fixture, "a handler's failure passes through the middleware") {
  std::string seen;
  middleware m;
  m.after = [&](context& c, const std::exception_ptr& e) {
    seen += std::string{c.subscription()} + ": " + describe(e) + "; ";
  };
  b.use(std::move(m));
  auto s1 = b.subscribe<payment>([](const payment&) { throw std::runtime_error{"no"}; },
                                 {.name = "plain"});
  auto s2 = b.subscribe<payment>(
      [](const payment&, context& c) -> task<> {
        co_await yield(c.rt());
        throw std::runtime_error{"later"};
      },
      {.name = "coroutine"});
  const auto report = w.block_on(b.publish<payment>(1));
  CHECK(report.failures.size() == 2);
  CHECK(seen == "plain: no; coroutine: later; ");
  CHECK(s1.counts().dead == 1);
  CHECK(s2.counts().dead == 1);
}

TEST_CASE_FIXTURE(fixture, "middleware added while a handler runs acts from the next handler on") {
  auto s1 = b.subscribe<payment>([&](const payment&) {
    calls += "a";
    middleware m;
    m.before = [](context&) { return false; };
    b.use(std::move(m));
  });
  auto s2 = plain();
  CHECK(b.emit<payment>(1).delivered == 1);
  CHECK(calls == "a");
  CHECK(s2.counts().dropped_for(drop_reason::middleware) == 1);
}

TEST_CASE_FIXTURE(fixture, "a middleware may retry a handler by calling on again") {
  int attempts = 0;
  auto s = b.subscribe<payment>([&](const payment&) {
    if (++attempts < 3) throw std::runtime_error{"again"};
  });
  middleware m;
  m.around = [](context&, next_call next) {
    for (int i = 0;; ++i) try {
        return next();
      } catch (...) {
        if (i == 4) throw;
      }
  };
  b.use(std::move(m));
  CHECK(b.emit<payment>(1).ok());
  CHECK(attempts == 3);
  CHECK(s.counts().handled == 1);
}

TEST_CASE_FIXTURE(fixture, "change leaves events of other types alone") {
  int amount = 0;
  auto s = b.subscribe([&](const refund& r) { amount = r.amount; });
  b.use(change<payment>([](payment&) { return false; }));
  CHECK(b.emit<refund>(3).delivered == 1);
  CHECK(amount == 3);
}
