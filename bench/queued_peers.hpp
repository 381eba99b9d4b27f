// Ways to queue an event and handle it later on the same thread.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"
#include "harness/table.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/lockfree/spsc_queue.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#ifdef BENCH_HAVE_MOODYCAMEL
#include <concurrentqueue/concurrentqueue.h>
#endif

namespace bench::queued {

struct counter {
  std::int64_t sum = 0;
  void on(const tick& e) { sum += e.price; }
};
inline counter& target() {
  static counter c;
  return c;
}
inline std::function<void(const tick&)>& handler() {
  static std::function<void(const tick&)> f = [p = &target()](const tick& e) { p->on(e); };
  opaque(f);
  return f;
}

/// `put(i)` queues the event of price i, `drain()` handles what is queued.
template <class Put, class Drain>
double ns_per_event(const options& o, int batch, std::string_view who, Put put, Drain drain) {
  const auto turns = std::max<std::int64_t>(o.scaled(200'000) / batch, 1);
  const auto before = target().sum;
  std::int64_t n = 0;
  const auto begin = thread_cpu_ns();
  for (std::int64_t t = 0; t < turns; ++t) {
    for (int i = 0; i < batch; ++i) put(n++);
    drain();
  }
  const auto spent = thread_cpu_ns() - begin;
  verify(target().sum - before, sum_below(n), who);
  return double(spent) / double(n);
}

/// The yardstick.
inline row swapped_vector(const options& o, int batch) {
  struct queues {
    std::vector<tick> in, out;
  };
  auto q = std::make_shared<queues>();
  return plain("bare vector<E>, swapped, std::function", [=] {
    auto& f = handler();
    return ns_per_event(
        o, batch, "swapped vector", [&](std::int64_t i) { q->in.push_back(tick(i)); },
        [&] {
          std::swap(q->in, q->out);
          for (auto& e : q->out) f(e);
          q->out.clear();
        });
  });
}

/// The least one can do: a ring, the event written where it will be read, one indirect call.
inline row built_in_slot(const options& o, int batch) {
  auto ring = std::make_shared<std::vector<tick>>(1024);
  return plain("floor: ring, event built in its slot", [=] {
    std::size_t head = 0, tail = 0;
    void (*call)(void*, const tick&) = [](void* p, const tick& e) {
      static_cast<counter*>(p)->on(e);
    };
    opaque(call);
    tick* slots = ring->data();
    return ns_per_event(
        o, batch, "ring",
        [&](std::int64_t i) {
          tick& e = slots[head++ & 1023];
          std::memcpy(e.symbol, "BTC-USD\0\0\0\0\0\0\0\0", 16);
          e.price = e.sequence = i;
          e.lane = e.stamp = 0;
          asm volatile("" ::: "memory");
        },
        [&] {
          for (; tail < head; ++tail) call(&target(), slots[tail & 1023]);
        });
  });
}

inline row locked_deque(const options& o, int batch) {
  struct queue {
    std::mutex mutex;
    std::deque<tick> events;
    bool pop(tick& e) {
      const std::lock_guard lock{mutex};
      if (events.empty()) return false;
      e = events.front();
      events.pop_front();
      return true;
    }
  };
  auto q = std::make_shared<queue>();
  return plain("mutex + deque", [=] {
    auto& f = handler();
    return ns_per_event(
        o, batch, "mutex + deque",
        [&](std::int64_t i) {
          const std::lock_guard lock{q->mutex};
          q->events.push_back(tick(i));
        },
        [&] {
          tick e;
          while (q->pop(e)) f(e);
        });
  });
}

inline row spsc(const options& o, int batch) {
  auto q = std::make_shared<boost::lockfree::spsc_queue<tick>>(std::size_t(batch));
  return plain("Boost.Lockfree spsc_queue", [=] {
    auto& f = handler();
    return ns_per_event(
        o, batch, "spsc_queue", [&](std::int64_t i) { q->push(tick(i)); },
        [&] { q->consume_all([&](const tick& e) { f(e); }); });
  });
}

inline row moodycamel_tokens([[maybe_unused]] const options& o, [[maybe_unused]] int batch) {
#ifdef BENCH_HAVE_MOODYCAMEL
  struct tokened {
    ::moodycamel::ConcurrentQueue<tick> queue{1 << 14};
    ::moodycamel::ProducerToken in{queue};
    ::moodycamel::ConsumerToken out{queue};
  };
  auto q = std::make_shared<tokened>();
  return plain("moodycamel ConcurrentQueue (tokens)", [=] {
    auto& f = handler();
    return ns_per_event(
        o, batch, "moodycamel", [&](std::int64_t i) { q->queue.enqueue(q->in, tick(i)); },
        [&] {
          tick e;
          while (q->queue.try_dequeue(q->out, e)) f(e);
        });
  });
#else
  return absent("moodycamel ConcurrentQueue (tokens)", "libconcurrentqueue-dev");
#endif
}

inline row asio_post(const options& o, int batch) {
  auto io = std::make_shared<boost::asio::io_context>(1);
  return plain("asio::post", [=] {
    return ns_per_event(
        o, batch, "asio::post",
        [&](std::int64_t i) { boost::asio::post(*io, [e = tick(i)] { target().on(e); }); },
        [&] {
          io->restart();
          io->run();
        });
  });
}

}  // namespace bench::queued
