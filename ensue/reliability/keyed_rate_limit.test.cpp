#include <ensue/async/timer.hpp>
#include <ensue/reliability/keyed_rate_limit.hpp>

#include <map>
#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<> call_for_ever(keyed_rate_limit& l, std::string key, int& had) {
  for (;;) {
    co_await l.take(key);
    ++had;
  }
}

}  // namespace

TEST_CASE("a noisy tenant does not starve a quiet one") {
  sim::world w;
  keyed_rate_limit l{w.rt(), {.shared = {.count = 100, .per = 1s, .burst = 1}}};
  int noisy = 0, quiet = 0;
  for (int i = 0; i < 500; ++i) w.spawn_background("noisy", call_for_ever(l, "noisy", noisy));
  w.spawn_background("quiet", call_for_ever(l, "quiet", quiet));
  w.run_for(10s);
  CHECK(noisy + quiet == 1001);
  CHECK(quiet >= 499);  // one caller against five hundred has every second turn
  CHECK(l.keys() == 2);
  w.end();
}

TEST_CASE("tenants have turns one after the other, and each keeps his order") {
  run([](runtime& rt) -> task<> {
    keyed_rate_limit l{rt, {.shared = {.count = 1, .per = 1s}}};
    REQUIRE(l.try_take("x"));
    std::string order;
    const auto call = [&](char key, char name) -> task<> {
      co_await l.take(std::string(1, key));
      order += name;
    };
    scope s{rt};
    for (const char n : {'a', 'b', 'c'}) s.spawn("x", call, 'x', n);
    for (const char n : {'1', '2'}) s.spawn("y", call, 'y', n);
    s.spawn("z", call, 'z', 'Z');
    co_await yields(rt, 2);
    CHECK(l.waiting() == 6);
    CHECK(l.try_take("new").error() == errc::empty);
    co_await s.join();
    CHECK(order == "a1Zb2c");
    CHECK(l.keys() == 0);
    CHECK(l.taken() == 7);
  });
}

TEST_CASE("each has a limit of his own below the shared one") {
  sim::world w;
  keyed_rate_limit l{w.rt(),
                     {.shared = {.count = 100, .per = 1s, .burst = 1},
                      .each = {.count = 10, .per = 1s, .burst = 1}}};
  std::map<std::string, int> had;
  for (const char* key : {"a", "b", "c"})
    for (int i = 0; i < 5; ++i) w.spawn_background(key, call_for_ever(l, key, had[key]));
  w.run_for(10s);
  for (const auto& [key, n] : had) {
    CHECK(n >= 100);
    CHECK(n <= 101);
  }
  w.end();
}

TEST_CASE("keys are bounded: who has nothing to remember is forgotten, else the new one waits") {
  run([](runtime& rt) -> task<> {
    keyed_rate_limit l{rt, {.each = {.count = 1, .per = 1s}, .keys_max = 2}};
    CHECK(l.try_take("a"));
    CHECK(l.try_take("b"));
    CHECK(l.try_take("a").error() == errc::empty);
    CHECK(l.try_take("c").error() == errc::full);
    co_await sleep_for(rt, 1s);
    CHECK(l.try_take("c"));
    CHECK(l.try_take("d"));
    CHECK(l.keys() == 2);
    const auto refused = co_await outcome(l.take("e"));
    CHECK(refused == "full");
  });
}

TEST_CASE("a cancelled caller takes no turn, also when it came in the same step") {
  run([](runtime& rt) -> task<> {
    keyed_rate_limit l{rt, {.shared = {.count = 1, .per = 1s}, .waiting_max = 2}};
    REQUIRE(l.try_take("a"));
    std::string order;
    const auto call = [&](char key, char name) -> task<> {
      co_await l.take(std::string(1, key));
      order += name;
    };
    scope s{rt};
    const auto gone = s.spawn("gone", call, 'a', 'g');
    const auto late = s.spawn("late", call, 'b', 'l');
    s.spawn("ok", call, 'b', 'k');
    co_await yields(rt, 2);
    const auto refused = co_await outcome(l.take("b"));
    CHECK(refused == "full");
    gone.cancel();
    timer together{rt};
    together.call_in(1s, [&] { late.cancel(); });
    co_await sleep_for(rt, 1s);
    co_await yields(rt, 5);
    CHECK(order == "k");
    CHECK(l.taken() == 2);
    co_await s.join();
    CHECK(l.keys() == 0);
  });
}

TEST_CASE("a keyed limit without a limit is refused") {
  CHECK(keyed_rate_policy{}.wrong());
  CHECK(keyed_rate_policy{.shared = {.count = 0}}.wrong()->starts_with("shared rate.count is 0"));
  CHECK(keyed_rate_policy{.each = {.count = 1}, .keys_max = 0}.wrong());
  CHECK_FALSE(keyed_rate_policy{.each = {.count = 1}}.wrong());
}
