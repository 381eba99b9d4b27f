// The same of ensue: a coroutine posts a batch, then waits until it is handled.
#pragma once

#include "queued_peers.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/bus/bus.hpp>

#include <algorithm>
#include <memory>

namespace bench::queued {

struct ensue_rig {
  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  ensue::subscription subscription =
      bus.subscribe<tick>([p = &target()](const tick& e) { p->on(e); });
};

struct run {
  std::int64_t turns;
  int batch;
  std::int64_t events = 0;
  double ns = 0;
};

inline ensue::task<> awaited_posts(ensue::bus& bus, run& r) {
  const auto begin = thread_cpu_ns();
  for (std::int64_t t = 0; t < r.turns; ++t) {
    for (int i = 0; i < r.batch; ++i) co_await bus.post<tick>(r.events++);
    co_await bus.wait_idle();
  }
  r.ns = double(thread_cpu_ns() - begin) / double(r.events);
}

inline ensue::task<> tried_posts(ensue::bus& bus, run& r) {
  const auto begin = thread_cpu_ns();
  for (std::int64_t t = 0; t < r.turns; ++t) {
    for (int i = 0; i < r.batch; ++i)
      if (bus.try_post<tick>(r.events++)) std::_Exit(3);
    co_await bus.wait_idle();
  }
  r.ns = double(thread_cpu_ns() - begin) / double(r.events);
}

using poster = ensue::task<> (*)(ensue::bus&, run&);

inline row ensue_queued(const options& o, int batch, std::string name, poster post) {
  auto rig = std::make_shared<ensue_rig>();
  return plain(name, [=] {
    run r{.turns = std::max<std::int64_t>(o.scaled(200'000) / batch, 1), .batch = batch};
    const auto before = target().sum;
    ensue::block_on(rig->loop, post(rig->bus, r));
    verify(target().sum - before, sum_below(r.events), name);
    return r.ns;
  });
}

}  // namespace bench::queued
