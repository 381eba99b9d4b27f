#include <ensue/async/job.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/offload.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/timer.hpp>
#include <ensue/async/wait.hpp>

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

task<int> answer(runtime& rt) {
  co_await yield(rt);
  co_return 42;
}

task<> fail(runtime& rt) {
  co_await yield(rt);
  throw std::runtime_error{"no stock"};
}

task<> wait_until_seen(runtime& rt, const std::atomic<int>& seen, int wanted) {
  while (seen.load(std::memory_order_relaxed) < wanted) co_await sleep_for(rt, 100us);
}

task<> nap(runtime& rt, duration d) { co_await sleep_for(rt, d); }

// What another thread leaves for the loop, as an inbox would.
class mailbox : public poller {
 public:
  explicit mailbox(runtime& rt) : rt_{rt} {}
  void leave() {
    waiting_.fetch_add(1, std::memory_order_release);
    if (!rt_.barrier_on_sleep()) std::atomic_thread_fence(std::memory_order_seq_cst);
    if (asleep_.load(std::memory_order_relaxed)) rt_.wake();
  }
  bool poll() override {
    const int n = waiting_.exchange(0, std::memory_order_acquire);
    seen.fetch_add(n, std::memory_order_relaxed);
    return n > 0;
  }
  void announce_sleep(bool asleep) noexcept override {
    asleep_.store(asleep, std::memory_order_relaxed);
  }
  std::atomic<int> seen{0};

 private:
  runtime& rt_;
  std::atomic<int> waiting_{0};
  std::atomic<bool> asleep_{false};
};

}  // namespace

TEST_CASE("block_on returns results and throws errors, again and again") {
  loop_runtime rt;
  for (int i = 0; i < 3; ++i) {
    CHECK(block_on(rt, answer(rt)) == 42);
    CHECK_THROWS_WITH(block_on(rt, fail(rt)), "no stock");
  }
}

TEST_CASE("a real timer is never early") {
  loop_runtime rt;
  const time_point before = rt.now();
  block_on(rt, nap(rt, 2ms));
  CHECK(rt.now() - before >= 2ms);
}

TEST_CASE("block_on takes operations that are no tasks") {
  loop_runtime rt;
  const time_point before = rt.now();
  block_on(rt, sleep_for(rt, 1ms));
  CHECK(rt.now() - before >= 1ms);
  block_on(rt, yield{rt});
}

TEST_CASE("functions handed in by other threads run in their order, none is lost") {
  loop_runtime rt;
  constexpr int threads = 4, each = 500;
  std::atomic<int> seen{0};
  std::vector<int> last(threads, -1);
  bool in_order = true;
  std::vector<std::thread> producers;
  for (int t = 0; t < threads; ++t) {
    producers.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        rt.run_on_loop([&, t, i] {
          int& before = last[static_cast<std::size_t>(t)];
          in_order &= before == i - 1;
          before = i;
          seen.fetch_add(1, std::memory_order_relaxed);
        });
      }
    });
  }
  block_on(rt, wait_until_seen(rt, seen, threads * each));
  for (std::thread& t : producers) t.join();
  CHECK(in_order);
}

TEST_CASE("a loop that falls asleep misses nothing that is left for it") {
  loop_runtime rt;
  mailbox box{rt};
  rt.add_poller(box);
  constexpr int each = 2'000;
  std::thread producer{[&] {
    for (int i = 0; i < each; ++i) {
      box.leave();
      if (i % 50 == 0) std::this_thread::yield();
    }
  }};
  // No timer keeps the loop awake: only the mailbox can.
  std::thread ender{[&] {
    producer.join();
    while (box.seen.load(std::memory_order_relaxed) < each) std::this_thread::yield();
    rt.stop();
  }};
  rt.run();
  ender.join();
  CHECK(box.seen.load() == each);
  rt.remove_poller(box);
}

TEST_CASE("a runtime may die with coroutines waiting in it") {
  loop_runtime rt;
  owned_job<void> j{rt, "sleeper", nap(rt, 1h)};
  j->start();
  CHECK_FALSE(rt.run_ready());
  CHECK(rt.waiting().size() == 1);
}

TEST_CASE("stop from another thread wakes a loop that has nothing to do") {
  loop_runtime rt;
  std::thread other{[&] { rt.stop(); }};
  rt.run();
  other.join();
  CHECK(block_on(rt, answer(rt)) == 42);
}

TEST_CASE("a loop whose inboxes never run dry still serves timers and what others post") {
  class endless : public poller {
   public:
    bool poll() override { return true; }
    void announce_sleep(bool) noexcept override {}
  };
  loop_runtime rt;
  endless stream;
  rt.add_poller(stream);
  block_on(rt, nap(rt, 1ms));
  std::atomic<bool> ran{false};
  std::thread other{[&] {
    rt.run_on_loop([&] {
      ran = true;
      rt.stop();
    });
  }};
  rt.run();
  other.join();
  CHECK(ran);
  rt.remove_poller(stream);
}

TEST_CASE("a loop that never runs out of ready work still serves what others post") {
  loop_runtime rt;
  bool over = false;
  std::thread other{[&] { rt.run_on_loop([&] { over = true; }); }};
  const auto busy = [](runtime& on, const bool& end) -> task<> {
    while (!end) co_await yield(on);
  };
  block_on(rt, busy(rt, over));
  other.join();
  CHECK(over);
}

TEST_CASE("what the loop posts to itself, however much, does not end it") {
  loop_runtime rt;
  timer t{rt};
  int ran = 0;
  int answer = 0;
  t.call_in(std::chrono::milliseconds{1}, [&] {
    for (int i = 0; i < 50; ++i) boost::asio::post(rt.executor(), [&] { ++ran; });
  });
  block_on(rt, [](runtime& rt, int& answer) -> task<> {
    co_await sleep_for(rt, std::chrono::milliseconds{5});
    for (int i = 0; i < 20; ++i) answer += co_await offload(rt, [] { return 1; });
  }(rt, answer));
  CHECK(ran == 50);
  CHECK(answer == 20);
}
