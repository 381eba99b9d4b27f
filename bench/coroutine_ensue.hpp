// The same of ensue.
#pragma once

#include "coroutine_peers.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/bus/bus.hpp>

#include <cstdlib>
#include <memory>
#include <string>

namespace bench::coro {

struct ensue_rig {
  explicit ensue_rig(unsigned concurrency) {
    subscription = bus.subscribe<tick>(
        [this](const tick& e) -> ensue::task<> {
          co_await ensue::yield(loop);
          sum() += e.price;
        },
        {.concurrency = concurrency});
  }
  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  ensue::subscription subscription;
};

struct run {
  std::int64_t turns;
  std::int64_t events = 0;
  double ns = 0;
};

inline ensue::task<> post_and_wait(ensue::bus& bus, run& r) {
  const auto begin = thread_cpu_ns();
  for (std::int64_t t = 0; t < r.turns; ++t) {
    for (int i = 0; i < in_flight; ++i)
      if (bus.try_post<tick>(r.events++)) std::_Exit(3);
    co_await bus.wait_idle();
  }
  r.ns = double(thread_cpu_ns() - begin) / double(r.events);
}

inline row ensue_handler(const options& o, std::string name, unsigned concurrency) {
  auto rig = std::make_shared<ensue_rig>(concurrency);
  return plain(name, [=] {
    run r{.turns = o.scaled(500 * in_flight) / in_flight + 1};
    const auto before = sum();
    ensue::block_on(rig->loop, post_and_wait(rig->bus, r));
    verify(sum() - before, sum_below(r.events), name);
    return r.ns;
  });
}

inline ensue::task<> handle_batch(ensue::runtime& rt, batch& b) {
  for (int i = 0; i < b.count; ++i) {
    co_await ensue::yield(rt);
    sum() += b.events[std::size_t(i)].price;
  }
  b.count = 0;
}

inline row ensue_long_lived(const options& o) {
  auto loop = std::make_shared<ensue::loop_runtime>();
  auto b = std::make_shared<batch>();
  return plain("ensue long-lived coroutine, no bus", [=] {
    return ns_per_event(
        o, "ensue long-lived", [&](const tick& e) { b->events[std::size_t(b->count++)] = e; },
        [&] { ensue::block_on(*loop, handle_batch(*loop, *b)); });
  });
}

}  // namespace bench::coro
