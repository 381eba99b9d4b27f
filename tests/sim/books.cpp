#include "scenarios.hpp"
#include <ensue/bus/bus.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace ensue::scenarios {
namespace {

struct deed {
  std::uint64_t kind = 0;
};

/// What one subscription must have seen, counted in its handler and filter.
struct model {
  std::uint64_t ran = 0, filtered = 0, threw = 0;
};

void check(sim::world& w, const bus& b) {
  w.require(b.total().balanced(), "a ledger is out of balance: " + b.total().text());
}

subscription plain(bus& b, model& m, overflow on_full, std::size_t capacity) {
  return b.subscribe<deed>(
      [&m](const deed& d) {
        if (d.kind % 7 == 3) {
          ++m.threw;
          throw d.kind;
        }
        ++m.ran;
      },
      {.where = [&m](const deed& d) { return d.kind % 5 != 0 || (++m.filtered, false); },
       .capacity = capacity,
       .on_full = on_full});
}

task<> slow(const deed& d, context& c, model& m) {
  co_await yield(c.rt());
  if (d.kind % 11 == 4) {
    ++m.threw;
    throw d.kind;
  }
  ++m.ran;
}

task<> program(sim::world& w, bus& b, random_stream draw) {
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t kind = draw.below(1000);
    switch (draw.below(4)) {
      case 0: (void)b.emit<deed>(kind); break;
      case 1: (void)b.try_post<deed>(kind); break;
      case 2: (void)co_await b.publish<deed>(kind); break;
      default: co_await yield(b.rt());
    }
    check(w, b);
  }
  co_await b.wait_idle();
}

}  // namespace

void books(sim::world& w) {
  random_stream draw = w.random("books");
  constexpr overflow policies[] = {overflow::wait, overflow::drop_oldest, overflow::drop_newest};
  std::vector<model> models(4);
  bus b{w.rt()};
  std::vector<subscription> all;
  for (std::size_t i = 0; i < 3; ++i)
    all.push_back(plain(b, models[i], policies[draw.below(3)], 1 + draw.below(6)));
  all.push_back(b.subscribe<deed>(
      [&m = models[3]](const deed& d, context& c) { return slow(d, c, m); },
      {.capacity = 1 + draw.below(6), .concurrency = static_cast<unsigned>(1 + draw.below(3))}));
  w.block_on(program(w, b, w.random("program")));
  w.run();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const ledger l = all[i].counts();
    w.require(l.in_flight() == 0, "something is still in flight");
    w.require(l.handled == models[i].ran, "handled events that never ran, or the reverse");
    w.require(l.filtered == models[i].filtered, "filtered events do not agree");
    w.require(l.dead == models[i].threw, "failures do not agree");
  }
  check(w, b);
}

}  // namespace ensue::scenarios
