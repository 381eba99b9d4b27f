#include <ensue/async/sleep.hpp>
#include <ensue/bus/batch.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct tick {
  int n = 0;
};

struct fixture {
  sim::world w;
  bus b{w.rt()};
  std::vector<std::vector<int>> batches;
  ~fixture() { CHECK(b.total().balanced()); }

  void note(const batch<tick>& all) {
    std::vector<int> ns;
    for (const tick& t : all) ns.push_back(t.n);
    batches.push_back(ns);
  }
  void post(int from, int to) {
    for (int i = from; i < to; ++i) CHECK_FALSE(b.try_post<tick>(i));
  }
};
using lists = std::vector<std::vector<int>>;

}  // namespace

TEST_CASE_FIXTURE(fixture, "a batch is handed over when its count is reached, the rest in time") {
  auto s = b.subscribe_batch<tick>([this](const batch<tick>& all) { note(all); },
                                   {.count = 3, .wait = 50ms});
  post(0, 7);
  w.run_for(10ms);
  CHECK(batches == lists{{0, 1, 2}, {3, 4, 5}});
  CHECK(s.counts().handled == 6);
  CHECK(s.counts().in_flight() == 1);
  CHECK(b.total().balanced());
  w.run_for(50ms);
  CHECK(batches == lists{{0, 1, 2}, {3, 4, 5}, {6}});
  CHECK(s.counts().handled == 7);
  CHECK(b.idle());
}

TEST_CASE_FIXTURE(fixture, "the time of a batch runs from its first event") {
  auto s = b.subscribe_batch<tick>([this](const batch<tick>& all) { note(all); },
                                   {.count = 100, .wait = 50ms});
  post(0, 1);
  w.run_for(40ms);
  post(1, 2);
  w.run_for(9ms);
  CHECK(batches.empty());
  w.run_for(2ms);
  CHECK(batches == lists{{0, 1}});
}

TEST_CASE_FIXTURE(fixture, "a batch is handed over when its bytes are reached") {
  auto s = b.subscribe_batch<tick>(
      [this](const batch<tick>& all) { note(all); },
      {.bytes = 10, .size_of = [](const tick& t) { return static_cast<std::size_t>(t.n); }});
  post(4, 8);  // 4 + 5 + 6 >= 10
  w.run_for(1ms);
  CHECK(batches == lists{{4, 5, 6}});
  w.run_for(1s);
  CHECK(batches == lists{{4, 5, 6}, {7}});
}

TEST_CASE_FIXTURE(fixture, "events settle when the batch has ended, not before") {
  auto s = b.subscribe_batch<tick>(
      [](const batch<tick>&, context& c) -> task<> { co_await ensue::sleep_for(c.rt(), 1s); },
      {.count = 2});
  w.spawn_background("publisher", [](bus& to, fixture& f) -> task<> {
    const publish_result r = co_await to.publish<tick>(1);
    f.batches.push_back({static_cast<int>(r.delivered)});
  }(b, *this));
  post(2, 3);
  w.run_for(900ms);
  CHECK(s.counts().handled == 0);
  CHECK(s.counts().running == 2);
  CHECK(batches.empty());
  w.run_for(200ms);
  CHECK(s.counts().handled == 2);
  CHECK(batches == lists{{1}});
}

TEST_CASE_FIXTURE(fixture, "when a batch fails all its events are dead, and each is reported") {
  int reported = 0;
  auto s = b.subscribe_batch<tick>(
      [](const batch<tick>& all) {
        if (all[0].n == 0) throw std::runtime_error{"no disk"};
      },
      {.name = "store", .count = 3, .on_error = [&](const failure& f) {
         ++reported;
         CHECK(f.subscription == "store");
         CHECK(f.what() == "no disk");
       }});
  post(0, 6);
  w.run();
  CHECK(reported == 3);
  CHECK(s.counts().dead == 3);
  CHECK(s.counts().handled == 3);
}

TEST_CASE_FIXTURE(fixture, "a batch holds what its filter lets through") {
  auto s =
      b.subscribe_batch<tick>([this](const batch<tick>& all) { note(all); },
                              {.count = 2, .where = [](const tick& t) { return t.n % 2 == 0; }});
  post(0, 6);
  w.run();
  CHECK(batches == lists{{0, 2}, {4}});
  CHECK(s.counts().filtered == 3);
}

TEST_CASE_FIXTURE(fixture, "a batch larger than its queue lets the publisher go on") {
  auto s = b.subscribe_batch<tick>([this](const batch<tick>& all) { note(all); },
                                   {.count = 5, .capacity = 2});
  for (int i = 0; i < 5; ++i) w.spawn("poster", b.post<tick>(i));
  w.run_for(1ms);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].size() == 5);
}

TEST_CASE_FIXTURE(fixture, "several batches of one subscription may be handled at once") {
  int at_once = 0, most = 0;
  auto s = b.subscribe_batch<tick>(
      [&](const batch<tick>&, context& c) -> task<> {
        most = std::max(most, ++at_once);
        co_await ensue::sleep_for(c.rt(), 1s);
        --at_once;
      },
      {.count = 2, .concurrency = 3});
  post(0, 20);
  w.run();
  CHECK(most == 3);
  CHECK(s.counts().handled == 20);
}

TEST_CASE_FIXTURE(fixture, "what is gathered when the subscription ends is dropped and counted") {
  {
    auto s = b.subscribe_batch<tick>([this](const batch<tick>& all) { note(all); }, {.count = 9});
    post(0, 4);
    w.run_for(1ms);
  }
  w.run();
  CHECK(batches.empty());
  CHECK(b.total().dropped_for(drop_reason::unsubscribed) == 4);
  CHECK(b.idle());
}

TEST_CASE_FIXTURE(fixture, "closing the bus drops gathered events and cancels a running batch") {
  bool ended = false;
  auto s = b.subscribe_batch<tick>(
      [&](const batch<tick>&, context& c) -> task<> {
        co_await ensue::sleep_for(c.rt(), 1h);
        ended = true;
      },
      {.count = 2, .concurrency = 2});
  post(0, 3);
  w.run_for(1ms);
  b.close();
  w.run();
  CHECK_FALSE(ended);
  CHECK(b.total().dropped_for(drop_reason::shutdown) == 3);
  CHECK(b.idle());
}
