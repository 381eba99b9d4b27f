// Coroutines that wait once for the loop before they handle their event.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"
#include "harness/table.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <coroutine>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>

namespace bench::coro {

inline constexpr int in_flight = 100;
inline std::int64_t& sum() {
  static std::int64_t s = 0;
  return s;
}

template <class Put, class Drain>
double ns_per_event(const options& o, std::string_view who, Put put, Drain drain) {
  const auto turns = o.scaled(500 * in_flight) / in_flight + 1;
  const auto before = sum();
  std::int64_t n = 0;
  const auto begin = thread_cpu_ns();
  for (std::int64_t t = 0; t < turns; ++t) {
    for (int i = 0; i < in_flight; ++i) put(tick(n++));
    drain();
  }
  const auto spent = thread_cpu_ns() - begin;
  verify(sum() - before, sum_below(n), who);
  return double(spent) / double(n);
}

namespace asio = boost::asio;

inline asio::awaitable<void> handle_once(tick e) {
  co_await asio::post(asio::use_awaitable);
  sum() += e.price;
}

inline row asio_spawned(const options& o) {
  auto io = std::make_shared<asio::io_context>(1);
  return plain("asio co_spawn per event", [=] {
    return ns_per_event(
        o, "co_spawn", [&](const tick& e) { asio::co_spawn(*io, handle_once(e), asio::detached); },
        [&] {
          io->restart();
          io->run();
        });
  });
}

struct batch {
  std::array<tick, in_flight> events;
  int count = 0;
};

inline asio::awaitable<void> handle_batch(batch& b) {
  for (int i = 0; i < b.count; ++i) {
    co_await asio::post(asio::use_awaitable);
    sum() += b.events[std::size_t(i)].price;
  }
  b.count = 0;
}

inline row asio_long_lived(const options& o) {
  auto io = std::make_shared<asio::io_context>(1);
  auto b = std::make_shared<batch>();
  return plain("asio long-lived coroutine", [=] {
    return ns_per_event(
        o, "long-lived", [&](const tick& e) { b->events[std::size_t(b->count++)] = e; },
        [&] {
          asio::co_spawn(*io, handle_batch(*b), asio::detached);
          io->restart();
          io->run();
        });
  });
}

/// Ready coroutines of the floor, in order.
struct ready_ring {
  std::array<std::coroutine_handle<>, 128> slots{};
  unsigned head = 0, tail = 0;
  void* free_frames = nullptr;
  static ready_ring& get() {
    static ready_ring r;
    return r;
  }
};

/// Starts at once, frees itself, frame from a free list: the least a coroutine costs.
struct pooled {
  struct promise_type {
    pooled get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
    static constexpr std::size_t frame_max = 512;
    static void* operator new(std::size_t size) {
      if (size > frame_max) std::abort();
      void*& list = ready_ring::get().free_frames;
      if (!list) return std::malloc(frame_max);
      void* frame = list;
      list = *static_cast<void**>(frame);
      return frame;
    }
    static void operator delete(void* frame) {
      void*& list = ready_ring::get().free_frames;
      *static_cast<void**>(frame) = list;
      list = frame;
    }
  };
};

struct next_turn {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept {
    auto& r = ready_ring::get();
    r.slots[r.head++ & 127] = h;
  }
  void await_resume() const noexcept {}
};

[[gnu::noinline]] inline pooled handle_pooled(tick e) {
  next_turn turn;
  co_await turn;
  sum() += e.price;
}

inline row pooled_frames(const options& o) {
  return plain("floor: pooled frames, ready ring", [=] {
    return ns_per_event(
        o, "pooled", [](const tick& e) { handle_pooled(e); },
        [] {
          auto& r = ready_ring::get();
          while (r.tail != r.head) r.slots[r.tail++ & 127].resume();
        });
  });
}

}  // namespace bench::coro
