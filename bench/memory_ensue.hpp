// The same of ensue.
#pragma once

#include "memory_peers.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/timer_heap.hpp>

#include <chrono>
#include <deque>
#include <memory>

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

}  // namespace bench::memory
