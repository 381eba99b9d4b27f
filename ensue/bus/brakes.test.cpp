#include <ensue/async/wait_or_throw.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct trade {
  std::string symbol;
  int n = 0;
};

brakes on_component(std::string name) {
  return {.halts = [name](const subscription_state& s) { return s.settings().component == name; }};
}

}  // namespace

TEST_CASE("a brake holds back what is queued, and what comes, until it is taken off") {
  sim::world w;
  bus b{w.rt()};
  int plain = 0, coroutine = 0, other = 0;
  auto s1 = b.subscribe<trade>([&](const trade&) { ++plain; }, {.component = "desk"});
  auto s2 = b.subscribe<trade>(
      [&](const trade&) -> task<> {
        ++coroutine;
        co_return;
      },
      {.component = "desk"});
  auto s3 = b.subscribe<trade>([&](const trade&) { ++other; });
  CHECK_FALSE(b.try_post<trade>("A", 1));
  b.engine().set_brakes(on_component("desk"));
  CHECK_FALSE(b.try_post<trade>("A", 2));
  w.run();
  CHECK(plain == 0);
  CHECK(coroutine == 0);
  CHECK(other == 2);
  CHECK(b.emit<trade>("A", 3).delivered == 1);
  CHECK(s1.counts().dropped_for(drop_reason::halted) == 1);
  b.engine().set_brakes({});
  w.run();
  CHECK(plain == 2);
  CHECK(coroutine == 2);
  CHECK(b.total().balanced());
}

TEST_CASE("a brake put on by a handler stops the next handler of the same event") {
  sim::world w;
  bus b{w.rt()};
  std::string calls;
  auto s1 = b.subscribe<trade>([&](const trade&) {
    calls += "a";
    if (calls == "a")
      b.engine().set_brakes({.halts = [](const subscription_state&) { return true; }});
  });
  auto s2 = b.subscribe<trade>([&](const trade&) { calls += "b"; });
  auto s3 = b.subscribe<trade>([&](const trade&) { calls += "c"; }, {.exempt = true});
  (void)b.emit<trade>("A", 1);
  CHECK(calls == "ac");
  int late = 0;
  auto s4 = b.subscribe<trade>([&](const trade&) { ++late; });
  (void)b.emit<trade>("A", 2);
  CHECK(calls == "acc");  // a itself is held back now
  CHECK(late == 0);
  b.engine().set_brakes({});
  (void)b.emit<trade>("A", 3);
  CHECK(late == 1);
  CHECK(b.total().balanced());
}

TEST_CASE("a held key is dropped as halted wherever a key is known, queued or not") {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::string> plain, coroutine;
  auto s1 = b.subscribe<trade>([&](const trade& t) { plain.push_back(t.symbol); },
                               {.key = &trade::symbol});
  auto s2 = b.subscribe<trade>(
      [&](const trade& t) -> task<> {
        coroutine.push_back(t.symbol);
        co_return;
      },
      {.key = &trade::symbol});
  CHECK_FALSE(b.try_post<trade>("A", 1));
  CHECK_FALSE(b.try_post<trade>("B", 1));
  b.engine().set_brakes({.halts = {}, .keys = {key_mark("A")}});
  w.run();
  CHECK(plain == std::vector<std::string>{"B"});
  CHECK(coroutine == std::vector<std::string>{"B"});
  CHECK(b.emit<trade>("A", 2).delivered == 0);
  CHECK(s1.counts().dropped_for(drop_reason::halted) == 2);
  b.engine().set_brakes({});
  CHECK(b.emit<trade>("A", 3).delivered == 2);
  w.run();
  CHECK(coroutine.size() == 2);
  CHECK(b.total().balanced());
}

TEST_CASE("cut drops what is queued, cancels what runs, and the subscription lives on") {
  sim::world w;
  bus b{w.rt()};
  work_list door;
  int entered = 0, done = 0;
  auto s = b.subscribe<trade>([&](const trade& t) -> task<> {
    ++entered;
    if (t.n < 10) co_await wait_or_throw(door, b.rt(), "door");
    ++done;
  });
  for (int i = 0; i < 3; ++i) CHECK_FALSE(b.try_post<trade>("A", i));
  w.run();
  CHECK(entered == 1);
  b.engine().cut(drop_reason::shutdown, true, [](const subscription_state&) { return true; });
  CHECK_FALSE(b.try_post<trade>("A", 10));
  w.run();
  CHECK(done == 1);
  CHECK(s.counts().dropped_for(drop_reason::shutdown) == 3);
  CHECK(b.idle());
  CHECK(b.total().balanced());
}

TEST_CASE("adjust has the last word on a new subscription") {
  sim::world w;
  bus b{w.rt(), {.adjust = [](subscription_settings& s) {
          if (s.name == "slow") s.capacity = 2;
        }}};
  auto s = b.subscribe<trade>([](const trade&) {}, {.name = "slow", .on_full = overflow::reject});
  CHECK_FALSE(b.try_post<trade>("A", 1));
  CHECK_FALSE(b.try_post<trade>("A", 2));
  CHECK(b.try_post<trade>("A", 3) == errc::full);
}
