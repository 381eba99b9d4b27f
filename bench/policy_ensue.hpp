// One subscription, bare or with a policy of which nothing is needed: no event fails or waits.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"
#include "harness/table.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/bus/bus.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <utility>

namespace bench::policy {

/// Of this program, by operator new.
inline std::uint64_t& allocations() {
  static std::uint64_t n = 0;
  return n;
}

inline std::int64_t& sum() {
  static std::int64_t s = 0;
  return s;
}

using options_of_tick = ensue::subscribe_options<tick>;

inline options_of_tick bare() { return {}; }
inline options_of_tick retried() { return {.breaker = {}, .retry = {.attempts = 4}}; }
inline options_of_tick timed() {
  auto o = retried();
  o.timeout = std::chrono::seconds{5};
  return o;
}

struct plain_handler {
  void operator()(const tick& e) const { sum() += e.price; }
};
struct coroutine_handler {
  ensue::task<> operator()(const tick& e) const {
    sum() += e.price;
    co_return;
  }
};
struct suspending_handler {
  ensue::task<> operator()(const tick& e, ensue::context& c) const {
    co_await ensue::yield(c.rt());
    sum() += e.price;
  }
};

struct rig {
  template <class Handler>
  rig(Handler h, options_of_tick o) : subscription{bus.subscribe<tick>(h, std::move(o))} {}
  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  ensue::subscription subscription;
};

struct run {
  std::int64_t turns;
  std::int64_t events = 0;
  double ns = 0, allocated = 0;
};

inline ensue::task<> post_and_wait(ensue::bus& bus, run& r) {
  constexpr int batch = 64;
  const auto before = allocations();
  const auto begin = thread_cpu_ns();
  for (std::int64_t t = 0; t < r.turns; ++t) {
    for (int i = 0; i < batch; ++i)
      if (bus.try_post<tick>(r.events++)) std::_Exit(3);
    co_await bus.wait_idle();
  }
  r.ns = double(thread_cpu_ns() - begin) / double(r.events);
  r.allocated = double(allocations() - before) / double(r.events);
}

template <class Handler>
row subscribed(const options& o, std::string name, Handler h, options_of_tick how) {
  auto r = std::make_shared<rig>(h, std::move(how));
  return {name,
          [=] {
            run times{.turns = std::max<std::int64_t>(o.scaled(200'000) / 64, 1)};
            const auto before = sum();
            ensue::block_on(r->loop, post_and_wait(r->bus, times));
            verify(sum() - before, sum_below(times.events), name);
            return figures{times.ns, times.allocated};
          },
          {}};
}

}  // namespace bench::policy
