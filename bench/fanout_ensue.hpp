// The same of ensue: priorities, isolation, counters and safe changes while calling are all on.
#pragma once

#include "fanout_handlers.hpp"
#include "harness/table.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/bus.hpp>

#include <memory>
#include <vector>

namespace bench::fanout {

struct ensue_rig {
  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  std::vector<ensue::subscription> subscriptions;
};

template <int N>
row ensue_emit(const options& o) {
  auto rig = std::make_shared<ensue_rig>();
  int priority = 0;
  each<N>([&](auto& a) {
    rig->subscriptions.push_back(rig->bus.template subscribe<tick>([&a](const tick& e) { a.on(e); },
                                                                   {.priority = priority++ % 3}));
  });
  return plain("ensue emit", [=] {
    std::int64_t delivered = 0, sent = 0;
    const double ns = ns_per_event<N>(o, "ensue emit", [&](const tick& e) {
      delivered += rig->bus.emit(e).delivered;
      ++sent;
    });
    verify(delivered, N * sent, "ensue emit, delivered");
    return ns;
  });
}

}  // namespace bench::fanout
