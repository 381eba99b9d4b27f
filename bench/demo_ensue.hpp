// The trading demo on ensue: bounded queues with back-pressure, isolation and metrics on.
#pragma once

#include "demo_peers.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/bus/bus.hpp>

#include <memory>
#include <string>

namespace bench::demo {

inline ensue::task<> feed(ensue::bus& out, std::int64_t events) {
  for (std::int64_t i = 0; i < events; ++i) co_await out.post<tick>(first_price + i);
  co_await out.wait_idle();
}

/// Runs the feed over a bus on which `wire` subscribed the desk.
template <class Wire>
row ensue_demo(const options& o, std::string name, Wire wire) {
  return plain(std::move(name), [wire, events = o.scaled(200'000)] {
    desk d;
    ensue::loop_runtime loop;
    ensue::bus bus{loop};
    const auto subscriptions = wire(bus, d);
    const auto begin = thread_cpu_ns();
    ensue::block_on(loop, feed(bus, events));
    const auto spent = thread_cpu_ns() - begin;
    d.check(events);
    return double(spent) / double(events);
  });
}

struct wired {
  ensue::subscription strategy, guard;
};

inline row ensue_plain(const options& o) {
  return ensue_demo(o, "ensue", [](ensue::bus& bus, desk& d) {
    return wired{bus.subscribe<tick>([&d](const tick& e) { d.trade(e); }, {.name = "strategy"}),
                 bus.subscribe<tick>([&d](const tick& e) { d.guard(e); }, {.name = "risk"})};
  });
}

inline row ensue_coroutines(const options& o) {
  return ensue_demo(o, "ensue, coroutine handlers", [](ensue::bus& bus, desk& d) {
    return wired{
        bus.subscribe<tick>([&d](const tick& e) { return strategy(d, e); }, {.name = "strategy"}),
        bus.subscribe<tick>([&d](const tick& e) { return risk_guard(d, e); }, {.name = "risk"})};
  });
}

}  // namespace bench::demo
