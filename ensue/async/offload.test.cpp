#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/offload.hpp>
#include <ensue/async/scope.hpp>

#include <atomic>
#include <tests/async_cases.hpp>
#include <thread>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

int fail_there() { throw std::runtime_error{"disk full"}; }

task<> many(runtime& rt, int count, std::atomic<int>& ran) {
  co_await with_scope(rt, [&](scope& s) -> task<> {
    for (int i = 0; i < count; ++i)
      s.spawn("job", [&]() -> task<> {
        const auto work = [&ran] { ran.fetch_add(1, std::memory_order_relaxed); };
        co_await offload(rt, work);
      });
    co_return;
  });
}

}  // namespace

TEST_CASE("an offloaded function runs on another thread and its result comes back") {
  loop_runtime rt;
  const auto body = [&]() -> task<> {
    const std::thread::id loop = std::this_thread::get_id();
    const std::thread::id there = co_await offload(rt, std::this_thread::get_id);
    CHECK(there != loop);
    CHECK(std::this_thread::get_id() == loop);
  };
  block_on(rt, body());
}

TEST_CASE("what it throws comes back") {
  loop_runtime rt;
  CHECK(block_on(rt, outcome(offload(rt, fail_there))) == "disk full");
}

TEST_CASE("a full pool makes wait; every job runs") {
  loop_runtime::options o;
  o.offload_threads = 2;
  o.offload_queue_max = 2;
  loop_runtime rt{o};
  std::atomic<int> ran{0};
  block_on(rt, many(rt, 200, ran));
  CHECK(ran.load() == 200);
}

TEST_CASE("a cancelled caller waits for a function that runs, not for one in line") {
  run([](runtime& rt) -> task<> {
    bool ran = false, returned = false;
    scope s{rt};
    const auto owner = s.spawn("owner", [&]() -> task<> {
      const auto work = [&ran] { ran = true; };
      co_await offload(rt, work);
      returned = true;
      co_await yield(rt);
    });
    co_await yields(rt, 3);
    owner.cancel();
    co_await s.join();
    CHECK(ran);
    CHECK(returned);
    CHECK(owner.cancelled());
  });
}

TEST_CASE("a simulated pool that is full makes wait in turn") {
  sim::options o;
  o.offload_outstanding_max = 2;
  for (o.seed = 1; o.seed <= 20; ++o.seed) {
    sim::world w{o};
    std::atomic<int> ran{0};
    w.block_on(many(w.rt(), 30, ran));
    CHECK(ran.load() == 30);
  }
}
