#include <ensue/base/random.hpp>
#include <ensue/bus/event_queue.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <deque>

using namespace ensue;

namespace {

struct three {
  std::int64_t a, b, c;
};
const event_type_info& info() { return event_type<three>(); }

struct rig {
  explicit rig(std::size_t capacity) : queue{capacity} { queue.widen(sizeof(three)); }
  bool place(std::int64_t n) {
    void* const at = queue.place();
    if (!at) return false;
    ::new (at) three{n, n + 1, n + 2};
    queue.commit(time_point{duration{n}});
    return true;
  }
  bool push(std::int64_t n) {
    if (queue.size() >= capacity) return false;
    record* r = pool.take(info());
    ::new (r->payload()) three{n, n + 1, n + 2};
    queue.push(*r, r->payload());
    return true;
  }
  void settle(const queued_event& q) {
    if (q.rec) release(q.rec);
  }
  record_pool pool{info()};
  std::size_t capacity = 1000;
  event_queue queue;
};

bool holds(const queued_event& q, std::int64_t n) {
  three e;
  std::memcpy(&e, q.view, sizeof e);
  return e.a == n && e.b == n + 1 && e.c == n + 2;
}

}  // namespace

TEST_CASE("records and events built in place keep one order, however they are mixed") {
  rig r{1000};
  random_stream dice{7, "queue"};
  std::int64_t in = 0, out = 0;
  for (int step = 0; step < 20'000; ++step) {
    const auto what = dice.below(5);
    if (what < 2 && r.queue.size() < r.capacity) {
      CHECK((what == 0 ? r.place(in) : r.push(in)));
      ++in;
    } else if (!r.queue.empty()) {
      CHECK(holds(r.queue[r.queue.size() - 1], in - 1));
      const queued_event q = r.queue.pop();
      CHECK(holds(q, out++));
      r.settle(q);
    }
    CHECK(r.queue.size() == std::size_t(in - out));
  }
  for (; !r.queue.empty(); ++out) {
    const queued_event q = r.queue.pop();
    CHECK(holds(q, out));
    r.settle(q);
  }
  CHECK(r.pool.live() == 0);
}

TEST_CASE("no more than its capacity is built in place") {
  rig r{5};
  for (int i = 0; i < 5; ++i) CHECK(r.place(i));
  CHECK_FALSE(r.place(5));
  CHECK(holds(r.queue.pop(), 0));
  CHECK(r.place(5));
  CHECK_FALSE(r.place(6));
  CHECK(r.queue.placed() == 6);
  for (int i = 1; i < 6; ++i) CHECK(holds(r.queue.pop(), i));
}

TEST_CASE("an event stays where it lies while it is read, whatever is queued meanwhile") {
  rig r{1000};
  for (int i = 0; i < 16; ++i) r.place(i);
  event_queue::reader outer{r.queue};
  CHECK(outer.accepted_at() == time_point{duration{0}});
  const queued_event first = outer.next();
  for (int i = 16; i < 600; ++i) r.place(i);  // grows under the reader
  CHECK(holds(first, 0));
  const queued_event second = outer.next();
  CHECK(holds(second, 1));
  {
    event_queue::reader inner{r.queue};
    for (int i = 2; i < 500; ++i) CHECK(holds(inner.next(), i));
    for (int i = 600; i < 900; ++i) r.place(i);
    CHECK(holds(second, 1));
  }
  CHECK(holds(second, 1));
  for (int i = 500; i < 900; ++i) CHECK(holds(outer.next(), i));
  CHECK(r.queue.empty());
}

TEST_CASE("a queue of records becomes wide enough for events when it must") {
  rig r{1000};
  event_queue narrow{100};
  record* a = r.pool.take(info());
  ::new (a->payload()) three{1, 2, 3};
  narrow.push(*a, a->payload());
  narrow.widen(sizeof(three));
  narrow.widen(8);  // is wide enough already
  ::new (narrow.place()) three{2, 3, 4};
  narrow.commit({});
  const queued_event q = narrow.pop();
  CHECK(holds(q, 1));
  release(q.rec);
  CHECK(holds(narrow.pop(), 2));
}
