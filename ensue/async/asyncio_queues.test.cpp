// One case per row of the behaviour list, group "queues", named after it.
#include <ensue/async/deadline.hpp>
#include <ensue/async/queue.hpp>

#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

template <class Queue>
task<> push_all(Queue& q, std::vector<int> values, std::vector<std::string>* log = nullptr) {
  for (const int v : values) {
    const result<> pushed = co_await q.push(v);
    if (!log) continue;
    log->push_back(std::to_string(v));
    if (!pushed) log->back().append(" ").append(pushed.error().message());
  }
}

template <class Queue>
task<> pop_some(Queue& q, int count, std::vector<int>& out) {
  for (int i = 0; i < count; ++i) {
    const result<int> v = co_await q.pop();
    out.push_back(v ? *v : -1);
  }
}

task<> no_wait() { co_return; }

// Runs `body(rt, queue)` with an empty queue of each kind, capacity 2.
template <class F>
void with_each_kind(F body) {
  run([&](runtime& rt) -> task<> {
    queue<int> fifo_queue{rt, {.capacity = 2}};
    co_await body(rt, fifo_queue);
    lifo_queue<int> lifo{rt, {.capacity = 2}};
    co_await body(rt, lifo);
    priority_queue<int> priority{rt, {.capacity = 2}};
    co_await body(rt, priority);
  });
}

}  // namespace

TEST_CASE("asyncio: QueueBasic.full") {
  run([](runtime& rt) -> task<> {
    queue<int> free{rt, {.capacity = unbounded}};
    for (int i = 0; i < 1000; ++i) CHECK(free.try_push(i));
    CHECK_FALSE(free.full());
    queue<int> one{rt, {.capacity = 1}};
    CHECK_FALSE(one.full());
    CHECK(one.try_push(1));
    CHECK(one.full());
    co_return;
  });
}

TEST_CASE("asyncio: QueueBasic.maxsize") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt, {.capacity = 2}};
    std::vector<std::string> pushed;
    scope s{rt};
    s.spawn("putter", push_all(q, {1, 2, 3}, &pushed));
    co_await yields(rt, 5);
    CHECK(pushed == std::vector<std::string>{"1", "2"});
    std::vector<int> got;
    co_await pop_some(q, 1, got);
    co_await s.join();
    CHECK(pushed == std::vector<std::string>{"1", "2", "3"});
    co_await pop_some(q, 2, got);
    CHECK(got == std::vector<int>{1, 2, 3});
  });
}

TEST_CASE("asyncio: QueueGet.blocking_get") {
  sim::world w{fifo()};
  queue<int> q{w.rt()};
  CHECK(q.try_push(7));
  w.block_on(no_wait());
  const std::uint64_t steps_without_wait = w.steps();
  CHECK(*w.block_on(q.pop()) == 7);
  CHECK(w.steps() == 2 * steps_without_wait);
}

TEST_CASE("asyncio: QueueGet.get_with_putters") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt, {.capacity = 1}};
    scope s{rt};
    s.spawn("putter", push_all(q, {1, 2}));
    co_await yields(rt, 3);
    CHECK(q.waiting_to_push() == 1);
    CHECK(*q.try_pop() == 1);
    CHECK(q.waiting_to_push() == 0);
    co_await s.join();
    CHECK(q.size() == 1);
  });
}

TEST_CASE("asyncio: QueueGet.nonblocking_get_exception") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt};
    CHECK(q.try_pop().error() == errc::empty);
    co_return;
  });
}

TEST_CASE("asyncio: QueueGet.get_cancelled_race") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt};
    std::vector<int> got1, got2;
    scope s{rt};
    const auto first = s.spawn("first", pop_some(q, 1, got1));
    s.spawn("second", pop_some(q, 1, got2));
    co_await yields(rt, 3);
    first.cancel();
    CHECK(q.try_push(5));
    co_await s.join();
    CHECK(first.cancelled());
    CHECK(got1.empty());
    CHECK(got2 == std::vector<int>{5});
  });
}

TEST_CASE("asyncio: QueueGet.get_with_waiting_putters") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt, {.capacity = 1}};
    scope s{rt};
    CHECK(q.try_push(0));
    s.spawn("a", push_all(q, {1}));
    s.spawn("b", push_all(q, {2}));
    co_await yields(rt, 3);
    CHECK(q.waiting_to_push() == 2);
    std::vector<int> got;
    co_await pop_some(q, 3, got);
    CHECK(got == std::vector<int>{0, 1, 2});
    co_await s.join();
  });
}

TEST_CASE("asyncio: QueueGet.cancelled_getters_not_being_held_in_self_getters") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt};
    const std::string end = co_await outcome(with_timeout(rt, 10ms, q.pop()));
    CHECK(end == "timed out");
    CHECK(q.waiting_to_pop() == 0);
  });
}

TEST_CASE("asyncio: QueuePut.blocking_put") {
  sim::world w{fifo()};
  queue<int> q{w.rt(), {.capacity = unbounded}};
  w.block_on(no_wait());
  const std::uint64_t steps_without_wait = w.steps();
  w.block_on(push_all(q, std::vector<int>(5000, 1)));
  CHECK(w.steps() == 2 * steps_without_wait);
  CHECK(q.size() == 5000);
}

TEST_CASE("asyncio: QueuePut.nonblocking_put") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt};
    CHECK(q.try_push(1));
    CHECK(*q.try_pop() == 1);
    co_return;
  });
}

TEST_CASE("asyncio: QueuePut.get_cancel_drop_one_pending_reader") {
  run([](runtime& rt) -> task<> {
    for (const bool cancel_first : {true, false}) {
      queue<int> q{rt};
      std::vector<int> got;
      scope s{rt};
      const auto reader = s.spawn("reader", pop_some(q, 1, got));
      co_await yields(rt, 3);
      if (cancel_first) reader.cancel();
      CHECK(q.try_push(1));
      CHECK(q.try_push(2));
      if (!cancel_first) reader.cancel();
      co_await s.join();
      // Either the reader has the first item or it is still in the queue: never lost.
      if (got.empty()) co_await pop_some(q, 1, got);
      CHECK(got == std::vector<int>{1});
      CHECK(*q.try_pop() == 2);
    }
  });
}

TEST_CASE("asyncio: QueuePut.nonblocking_put_exception") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt, {.capacity = 1}};
    CHECK(q.try_push(1));
    CHECK(q.try_push(2).error() == errc::full);
    CHECK(q.size() == 1);
    co_return;
  });
}

TEST_CASE("asyncio: QueuePut.put_cancelled_race") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt, {.capacity = 1}};
    scope s{rt};
    CHECK(q.try_push(0));
    s.spawn("a", push_all(q, {1}));
    const auto b = s.spawn("b", push_all(q, {2}));
    co_await yields(rt, 3);
    b.cancel();
    std::vector<int> got;
    co_await pop_some(q, 2, got);
    co_await s.join();
    CHECK(got == std::vector<int>{0, 1});
    CHECK(q.empty());
  });
}

TEST_CASE("asyncio: QueuePut.put_with_waiting_getters") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt};
    std::vector<int> got;
    scope s{rt};
    s.spawn("reader", pop_some(q, 1, got));
    co_await yields(rt, 3);
    CHECK(q.try_push(9));
    CHECK(q.empty());  // handed over, nobody can take it away
    co_await s.join();
    CHECK(got == std::vector<int>{9});
  });
}

TEST_CASE("asyncio: QueuePut.why_are_putters_waiting") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt, {.capacity = 2}};
    std::vector<int> got;
    scope s{rt};
    s.spawn("getter", [&]() -> task<> {
      co_await yields(rt, 2);
      while (got.size() < 4)
        if (const auto v = q.try_pop()) got.push_back(*v);
    });
    for (int i = 0; i < 4; ++i) s.spawn("putter", push_all(q, {i}));
    co_await s.join();
    CHECK(got == std::vector<int>{0, 1, 2, 3});
  });
}

TEST_CASE("asyncio: QueuePut.cancelled_puts_not_being_held_in_self_putters") {
  run([](runtime& rt) -> task<> {
    queue<int> q{rt, {.capacity = 1}};
    CHECK(q.try_push(1));
    const std::string end = co_await outcome(with_timeout(rt, 10ms, q.push(2)));
    CHECK(end == "timed out");
    CHECK(q.waiting_to_push() == 0);
    CHECK(q.size() == 1);
  });
}

TEST_CASE("asyncio: LifoQueue.order") {
  run([](runtime& rt) -> task<> {
    lifo_queue<int> q{rt};
    for (const int v : {1, 3, 2}) CHECK(q.try_push(v));
    std::vector<int> got;
    co_await pop_some(q, 3, got);
    CHECK(got == std::vector<int>{2, 3, 1});
  });
}

TEST_CASE("asyncio: PriorityQueue.order") {
  run([](runtime& rt) -> task<> {
    priority_queue<int> q{rt};
    for (const int v : {1, 3, 2}) CHECK(q.try_push(v));
    std::vector<int> got;
    co_await pop_some(q, 3, got);
    CHECK(got == std::vector<int>{1, 2, 3});
  });
}

TEST_CASE("asyncio: Join.task_done_underflow") {
  with_each_kind([](runtime&, auto& q) -> task<> {
    CHECK(q.task_done().error() == errc::invalid);
    CHECK(q.try_push(1));
    CHECK(q.task_done().error() == errc::invalid);  // pushed, but not taken yet
    CHECK(q.try_pop());
    CHECK(q.task_done());
    CHECK(q.task_done().error() == errc::invalid);
    co_return;
  });
}

TEST_CASE("asyncio: Join.join_empty_queue") {
  with_each_kind([](runtime&, auto& q) -> task<> {
    co_await q.join();
    co_await q.join();
    CHECK(q.empty());
  });
}

TEST_CASE("asyncio: Shutdown.shutdown_empty") {
  with_each_kind([](runtime& rt, auto& q) -> task<> {
    std::string waiting;
    scope s{rt};
    s.spawn("getter", [&]() -> task<> {
      const result<int> v = co_await q.pop();
      waiting = v ? "value" : v.error().message();
    });
    co_await yields(rt, 3);
    q.close();
    co_await s.join();
    CHECK(waiting == "closed");
    co_await q.join();
    CHECK(q.try_push(1).error() == errc::closed);
    CHECK(q.try_pop().error() == errc::closed);
    const result<> pushed = co_await q.push(1);
    CHECK(pushed.error() == errc::closed);
    const result<int> popped = co_await q.pop();
    CHECK(popped.error() == errc::closed);
  });
}

TEST_CASE("asyncio: Shutdown.shutdown_nonempty") {
  with_each_kind([](runtime& rt, auto& q) -> task<> {
    CHECK(q.try_push(1));
    CHECK(q.try_push(2));
    std::vector<std::string> pushed;
    bool joined = false;
    scope s{rt};
    s.spawn("putter", push_all(q, {3}, &pushed));
    co_await yields(rt, 3);
    q.close();
    co_await yields(rt, 3);
    CHECK(pushed == std::vector<std::string>{"3 closed"});
    std::vector<int> got;
    co_await pop_some(q, 2, got);
    CHECK(got[0] + got[1] == 3);
    CHECK(q.try_pop().error() == errc::closed);
    s.spawn("joiner", [&]() -> task<> {
      co_await q.join();
      joined = true;
    });
    co_await yields(rt, 3);
    CHECK(q.task_done());
    co_await yields(rt, 3);
    CHECK_FALSE(joined);
    CHECK(q.task_done());
    co_await s.join();
    CHECK(joined);
  });
}

TEST_CASE("asyncio: Shutdown.shutdown_immediate") {
  with_each_kind([](runtime& rt, auto& q) -> task<> {
    CHECK(q.try_push(1));
    CHECK(q.try_push(2));
    bool joined = false;
    scope s{rt};
    s.spawn("joiner", [&]() -> task<> {
      co_await q.join();
      joined = true;
    });
    co_await yields(rt, 3);
    q.close_now();
    CHECK(q.size() == 0);
    co_await s.join();
    CHECK(joined);
    CHECK(q.try_push(1).error() == errc::closed);
    CHECK(q.try_pop().error() == errc::closed);
  });
}
