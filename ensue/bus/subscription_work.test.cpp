// Workers and key lanes under every order the simulator can think of.
#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <vector>

using namespace ensue;

namespace {

struct step {
  int key = 0;
  int number = 0;
};

/// Watches a coroutine handler: never more at once than allowed, never two of one key, in order.
struct watch {
  unsigned at_work = 0, most = 0;
  std::map<int, int> next, at_work_by_key;
  bool ordered = true, alone = true;
  int handled = 0;

  void enter(const step& s) {
    most = std::max(most, ++at_work);
    alone &= ++at_work_by_key[s.key] == 1;
    ordered &= s.number == next[s.key]++;
  }
  void leave(const step& s) {
    --at_work;
    --at_work_by_key[s.key];
    ++handled;
  }
};

task<> work_on(const step& s, context& c, watch& seen) {
  seen.enter(s);
  for (int i = s.number % 3; i >= 0; --i) co_await yield(c.rt());
  seen.leave(s);
}

task<> produce(bus& b, int keys, int each) {
  for (int n = 0; n < each; ++n)
    for (int k = 0; k < keys; ++k) co_await b.post<step>(k, n);
  co_await b.wait_idle();
}

}  // namespace

TEST_CASE("parallel across keys, in order within one, never more than allowed: 200 seeds") {
  unsigned most_seen = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::world w{seed};
    bus b{w.rt()};
    watch seen;
    const auto limit = static_cast<unsigned>(1 + seed % 5);
    auto s = b.subscribe<step>([&](const step& e, context& c) { return work_on(e, c, seen); },
                               {.capacity = 1 + seed % 7, .concurrency = limit, .key = &step::key});
    w.block_on(produce(b, 4, 10));
    CHECK(seen.handled == 40);
    CHECK(seen.ordered);
    CHECK(seen.alone);
    CHECK(seen.most <= limit);
    CHECK(s.counts().handled == 40);
    CHECK(b.total().balanced());
    most_seen = std::max(most_seen, seen.most);
  }
  CHECK(most_seen == 4);  // it is parallel: one at work for each of the four keys
}

TEST_CASE("without a key, concurrency is used to the full and never exceeded") {
  sim::world w{3};
  bus b{w.rt()};
  watch seen;
  auto s = b.subscribe<step>([&](const step& e, context& c) { return work_on(e, c, seen); },
                             {.concurrency = 3});
  w.block_on(produce(b, 1, 50));
  CHECK(seen.handled == 50);
  CHECK(seen.most == 3);
}

TEST_CASE("closing cancels handlers that wait and counts them as dropped at shutdown") {
  sim::world w;
  bus b{w.rt()};
  work_list never_woken;
  bool unwound = false;
  struct on_exit {
    bool& flag;
    ~on_exit() { flag = true; }
  };
  auto s = b.subscribe<step>([&](const step&, context& c) -> task<> {
    const on_exit mark{unwound};
    co_await wait_in(never_woken, c.rt(), "a wait without end");
    co_await yield(c.rt());
  });
  CHECK_FALSE(b.try_post<step>(1, 1));
  CHECK_FALSE(b.try_post<step>(1, 2));
  w.run();
  CHECK(b.total().running == 1);
  b.close();
  w.run();
  CHECK(unwound);
  CHECK(b.total().dropped_for(drop_reason::shutdown) == 2);
  CHECK(b.total().balanced());
  CHECK(b.idle());
}
