#include <ensue/async/queue.hpp>

#include <memory>
#include <numeric>
#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("values that only move go through") {
  run([](runtime& rt) -> task<> {
    queue<std::unique_ptr<int>> q{rt, {.capacity = 1}};
    auto first = std::make_unique<int>(1), second = std::make_unique<int>(2);
    CHECK(q.try_push(std::move(first)));
    CHECK(q.try_push(std::move(second)).error() == errc::full);
    CHECK(second != nullptr);  // refused: not moved from
    const auto got = co_await q.pop();
    CHECK(**got == 1);
  });
}

TEST_CASE("equal priorities keep their order") {
  run([](runtime& rt) -> task<> {
    using item = std::pair<int, int>;
    struct by_first {
      bool operator()(const item& a, const item& b) const { return a.first < b.first; }
    };
    priority_queue<item, by_first> q{rt};
    for (int i = 0; i < 30; ++i) CHECK(q.try_push(item(i % 3, i)));
    int before = -1, level = 0;
    for (int i = 0; i < 30; ++i) {
      const item v = *q.try_pop();
      if (v.first != level) before = -1;
      level = v.first;
      CHECK(v.second > before);
      before = v.second;
    }
    co_return;
  });
}

// Producers and consumers come, wait and are cancelled in any order: what was accepted is delivered
// once, or is still inside; nobody waits while he could go on.
TEST_CASE("nothing is lost or doubled, no wake-up is missed") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::world w{sim::options::swarm(seed)};
    runtime& rt = w.rt();
    random_stream random = rt.random("test");
    queue<int> q{rt, {.capacity = 1 + random.below(4)}};
    std::vector<int> accepted(200), delivered(200);
    int next = 0;
    const auto produce = [&]() -> task<> {
      for (int i = 0; i < 20; ++i) {
        const int value = next++;
        const result<> pushed = co_await q.push(value);
        if (pushed) ++accepted[static_cast<std::size_t>(value)];
        if (value % 4 == 0) co_await yield(rt);
      }
    };
    const auto consume = [&]() -> task<> {
      while (const auto v = co_await q.pop()) {
        ++delivered[static_cast<std::size_t>(*v)];
        if (*v % 3 == 0) co_await yield(rt);
      }
    };
    const auto body = [&](scope& s) -> task<> {
      std::vector<child<>> consumers, producers;
      for (int i = 0; i < 4; ++i) consumers.push_back(s.spawn("consumer", consume));
      for (int i = 0; i < 4; ++i) producers.push_back(s.spawn("producer", produce));
      co_await yields(rt, static_cast<int>(random.below(10)));
      consumers[random.below(3)].cancel();
      producers[random.below(3)].cancel();
      for (const auto& p : producers) co_await p.wait();
      CHECK((q.empty() || q.waiting_to_pop() == 0));
      CHECK((q.full() || q.waiting_to_push() == 0));
      q.close();
    };
    w.block_on(with_scope(rt, body));
    // A producer that is cancelled in the step in which its value was accepted counts as not
    // accepted here, but its value is delivered.
    int surplus = 0;
    for (std::size_t i = 0; i < delivered.size(); ++i) {
      CHECK(delivered[i] >= accepted[i]);
      CHECK(delivered[i] <= 1);
      surplus += delivered[i] - accepted[i];
    }
    CHECK(surplus <= 1);
    CHECK(std::accumulate(delivered.begin(), delivered.end(), 0) > 0);
  }
}

TEST_CASE("a ring keeps its order while it grows and wraps") {
  ring<int> r;
  int in = 0, out = 0;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 7; ++i) r.emplace_back(in++);
    for (int i = 0; i < 5; ++i) CHECK(r.pop_front() == out++);
  }
  CHECK(r.size() == 200);
  CHECK(r.back() == in - 1);
  CHECK(r.pop_back() == in - 1);
}
