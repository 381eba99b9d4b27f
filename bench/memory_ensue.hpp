// The same of ensue.
#pragma once

#include "memory_peers.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/timer_heap.hpp>
#include <ensue/bus/bus.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace bench::memory {

struct ensue_timer_set {
  ensue::loop_runtime loop;
  std::deque<ensue::timer_entry> timers;
};

inline row ensue_timers(const options& o) {
  return bytes_each(o, "ensue timer_entry", [](std::size_t n) {
    auto set = std::make_unique<ensue_timer_set>();
    const auto first = set->loop.now() + std::chrono::hours(1);
    for (std::size_t i = 0; i < n; ++i)
      set->loop.arm(set->timers.emplace_back([](ensue::work&) {}),
                    first + std::chrono::milliseconds(i));
    return set;
  });
}

struct ensue_subscription_set {
  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  std::int64_t sum = 0;
  std::vector<ensue::subscription> all;
};

inline row ensue_subscriptions(const options& o) {
  return bytes_each(o, "ensue subscription", [](std::size_t n) {
    auto set = std::make_unique<ensue_subscription_set>();
    set->all.reserve(n);
    for (std::size_t i = 0; i < n; ++i)
      set->all.push_back(
          set->bus.subscribe<tick>([p = &set->sum](const tick& e) { *p += e.price; }));
    const auto sent = set->bus.emit(tick(1));
    verify(std::int64_t(sent.delivered), std::int64_t(n), "ensue subscriptions");
    return set;
  });
}

}  // namespace bench::memory
