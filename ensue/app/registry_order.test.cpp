#include <ensue/app/registry.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct actor {
  std::string name;
  runtime& rt;
  std::vector<std::string>& log;
  duration start_takes{};

  task<> start() {
    co_await sleep_for(rt, start_takes);
    log.push_back("up " + name);
  }
  void stop() { log.push_back("down " + name); }
};

struct stage {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::string> log;
  registry r{b};

  actor make(std::string name) { return {std::move(name), w.rt(), log}; }
  std::string start_failure() {
    try {
      w.block_on(r.start());
    } catch (const start_error& e) {
      return e.what();
    }
    return "";
  }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a cycle and an unknown dependency are named") {
  stage t;
  actor a = t.make("a"), b = t.make("b"), c = t.make("c"), d = t.make("d");
  t.r.add(d, {.depends_on = {"a"}});
  t.r.add(a, {.depends_on = {"b"}});
  t.r.add(b, {.depends_on = {"c"}});
  t.r.add(c, {.depends_on = {"a"}});
  CHECK(t.start_failure() == "components depend on each other: a -> b -> c -> a");
  stage u;
  actor feed = u.make("feed"), desk = u.make("desk");
  u.r.add(feed);
  u.r.add(desk, {.depends_on = {"feeed"}});
  CHECK(u.start_failure() ==
        "component \"desk\" depends on \"feeed\", which is not registered; did you mean \"feed\"?");
  CHECK(u.log.empty());
}

TEST_CASE("start is concurrent as far as dependencies allow; stop is the reverse") {
  stage t;
  actor store = t.make("store"), feed = t.make("feed"), desk = t.make("desk");
  store.start_takes = 3s;
  feed.start_takes = 2s;
  desk.start_takes = 1s;
  t.r.add(desk, {.depends_on = {"store", "feed"}});
  t.r.add(store);
  t.r.add(feed);
  t.w.block_on(t.r.start());
  CHECK(t.w.elapsed() == 4s);
  CHECK(t.log.back() == "up desk");
  t.log.clear();
  t.w.block_on(t.r.stop());
  CHECK(t.log == lines{"down desk", "down feed", "down store"});
}
