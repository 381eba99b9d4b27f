#include <ensue/async/semaphore.hpp>

#include <algorithm>
#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("a permit moves, and gives its place back once") {
  run([](runtime& rt) -> task<> {
    semaphore s{rt, 2};
    permit a = co_await s.acquire();
    permit b = std::move(a);
    CHECK_FALSE(static_cast<bool>(a));  // NOLINT(bugprone-use-after-move)
    CHECK(b.of(s));
    CHECK(s.free() == 1);
    b = co_await s.acquire();  // the place it held goes back
    CHECK(s.free() == 1);
    b = permit{};
    CHECK(s.free() == 2);
  });
}

TEST_CASE("a firm acquisition is not ended by cancellation") {
  run([](runtime& rt) -> task<> {
    semaphore s{rt, 1};
    permit mine = co_await s.acquire();
    bool had_it = false;
    scope around{rt};
    const auto other = around.spawn("other", [&]() -> task<> {
      const permit p = co_await s.acquire_firmly();
      had_it = static_cast<bool>(p);
      co_await yield(rt);
    });
    co_await yields(rt, 3);
    other.cancel();
    co_await yields(rt, 3);
    CHECK_FALSE(other.finished());
    CHECK(mine.release());
    co_await around.join();
    CHECK(had_it);
    CHECK(other.cancelled());
    CHECK(s.free() == 1);
  });
}

// Random holders, random cancellations, any order of events: never more than the places, never a
// place lost, and nobody left waiting.
TEST_CASE("places are neither lost nor doubled") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::world w{sim::options::swarm(seed)};
    runtime& rt = w.rt();
    semaphore places{rt, 3};
    int inside = 0, most = 0;
    const auto worker = [&](std::chrono::microseconds d) -> task<> {
      for (int i = 0; i < 5; ++i) {
        const permit p = co_await places.acquire();
        most = std::max(most, ++inside);
        struct leave {
          int& n;
          ~leave() { --n; }
        } const leaving{inside};
        co_await sleep_for(rt, d);
      }
    };
    const auto body = [&](scope& s) -> task<> {
      random_stream random = rt.random("test");
      std::vector<child<>> all;
      for (int i = 0; i < 10; ++i)
        all.push_back(s.spawn("worker", worker(std::chrono::microseconds{random.below(300)})));
      for (int i = 0; i < 5; ++i) {
        co_await sleep_for(rt, std::chrono::microseconds{random.below(300)});
        all[random.below(all.size())].cancel();
      }
    };
    w.block_on(with_scope(rt, body));
    CHECK(inside == 0);
    CHECK(most <= 3);
    CHECK(places.free() == 3);
    CHECK(places.waiting() == 0);
  }
}
