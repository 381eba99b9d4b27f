#include "scenarios.hpp"
#include <ensue/bus/bus.hpp>

#include <map>

namespace ensue::scenarios {
namespace {

struct step {
  int key = 0;
  int number = 0;
};

struct watch {
  unsigned at_work = 0;
  int handled = 0;
  std::map<int, int> next, at_work_by_key;
};

task<> work_on(const step& s, context& c, sim::world& w, watch& seen, unsigned limit, int naps) {
  w.require(++seen.at_work <= limit, "more handlers at work than allowed");
  w.require(++seen.at_work_by_key[s.key] == 1, "two events of one key at work");
  w.require(s.number == seen.next[s.key]++, "an event overtook another of its key");
  for (int i = 0; i < naps; ++i) co_await yield(c.rt());
  --seen.at_work;
  --seen.at_work_by_key[s.key];
  ++seen.handled;
}

task<> produce(bus& b, int keys, int each) {
  for (int n = 0; n < each; ++n)
    for (int k = 0; k < keys; ++k) co_await b.post<step>(k, n);
  co_await b.wait_idle();
}

}  // namespace

void lanes(sim::world& w) {
  random_stream draw = w.random("lanes");
  const auto limit = static_cast<unsigned>(1 + draw.below(5));
  const auto capacity = static_cast<std::size_t>(1 + draw.below(9));
  watch seen;
  random_stream naps = w.random("naps");
  bus b{w.rt()};
  auto s = b.subscribe<step>(
      [&](const step& e, context& c) {
        return work_on(e, c, w, seen, limit, static_cast<int>(naps.below(4)));
      },
      {.capacity = capacity, .concurrency = limit, .key = &step::key});
  w.block_on(produce(b, 4, 8));
  w.require(seen.handled == 32, "not every event was handled");
  w.require(s.counts().handled == 32 && b.total().balanced(), "the ledger does not agree");
}

}  // namespace ensue::scenarios
