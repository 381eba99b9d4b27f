// What an event costs when thousands of wildcard subscriptions do not match it.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"
#include "harness/table.hpp"
#include "memory_peers.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/bus.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench::memory {

struct named_tick : tick {
  static constexpr std::string_view event_name = "market.btc.tick";
  using tick::tick;
};

/// One handler of the event, and `patterns` wildcard subscriptions to other names.
struct wildcard_rig {
  explicit wildcard_rig(std::size_t patterns) {
    handling = bus.subscribe<named_tick>([this](const named_tick& e) { sum += e.price; });
    others.reserve(patterns);
    for (std::size_t i = 0; i < patterns; ++i)
      others.push_back(bus.subscribe("shop." + std::to_string(i) + ".*.>",
                                     [this](const ensue::event_ref&) { ++wrong; }));
  }
  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  std::int64_t sum = 0, wrong = 0;
  ensue::subscription handling;
  std::vector<ensue::subscription> others;
};

inline row emit_among(const options& o, std::string name, std::size_t patterns) {
  auto rig = std::make_shared<wildcard_rig>(patterns);
  return plain(std::move(name), [rig, n = o.scaled(500'000)] {
    const auto before = rig->sum;
    const auto begin = thread_cpu_ns();
    std::int64_t delivered = 0;
    for (std::int64_t i = 0; i < n; ++i) delivered += rig->bus.emit<named_tick>(i).delivered;
    const auto spent = thread_cpu_ns() - begin;
    verify(rig->sum - before, sum_below(n), "emit among wildcards");
    verify(delivered + rig->wrong, n, "wildcards that must not match");
    return double(spent) / double(n);
  });
}

inline row bytes_per_wildcard(const options& o) {
  return {"ensue wildcard subscription",
          [o] {
            const auto n = std::size_t(o.scaled(10'000));
            const double before = heap_bytes();
            const auto rig = std::make_unique<wildcard_rig>(n);
            return figures{(heap_bytes() - before) / double(n)};
          },
          {}};
}

}  // namespace bench::memory
