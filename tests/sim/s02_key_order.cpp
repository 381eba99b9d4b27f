// S-02: coroutine handlers with a key, 1 to 64 at once, some of which fail at first: in order
// within a key whatever happens, one at a time, and a failing event holds up its own key only.
#include "scenarios.hpp"
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>

#include <map>
#include <string>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;
using testing::service;

struct step {
  int key = 0;
  int number = 0;
};

struct watch {
  simulation& w;
  unsigned limit = 1;
  unsigned at_work = 0;
  std::uint64_t handled = 0;
  std::map<int, int> next{}, busy{};
  std::string wrong{};

  void says(bool fine, const std::string& what) {
    if (!fine && wrong.empty()) wrong = what;
  }
};

task<> try_once(random_stream& draw, runtime& rt, bool& failed) {
  co_await sleep_for(rt, duration{static_cast<std::int64_t>(draw.below(3'000'000))});
  failed = draw.chance(300);
}

task<> work_on(const step& s, context& c, watch& seen, random_stream& draw) {
  runtime& rt = c.rt();
  const step e = s;
  seen.says(++seen.at_work <= seen.limit, "more handlers at work than allowed");
  seen.says(++seen.busy[e.key] == 1, "two events of one key at work");
  bool failed = true;
  if (seen.w.planted("repost")) {  // a retry that goes to the back of the queue
    co_await try_once(draw, rt, failed);
    if (failed) (void)c.try_post<step>(e.key, e.number);
  } else {
    for (; failed; co_await yield(rt)) co_await try_once(draw, rt, failed);
  }
  --seen.at_work;
  --seen.busy[e.key];
  if (failed) co_return;
  seen.says(e.number == seen.next[e.key]++, "an event overtook another of its key");
  ++seen.handled;
}

task<> produce(service& on, std::uint64_t keys, std::uint64_t each) {
  bus& b = on.bus();
  for (std::uint64_t n = 0; n < each; ++n)
    for (std::uint64_t k = 0; k < keys; ++k)
      co_await b.post<step>(static_cast<int>(k), static_cast<int>(n));
  co_await b.wait_idle();
}

}  // namespace

void s02_key_order(simulation& w) {
  random_stream draw = w.random("handlers");
  const auto limit = static_cast<unsigned>(1) << w.size("concurrency_log2", 0, 6);
  const std::uint64_t keys = w.size("keys", 1, 4), each = w.size("each", 1, 6);
  const std::uint64_t capacity = w.size("capacity", 1, 8);
  watch seen{w, limit};
  w.client("bus", [&](service& on) {
    subscribe_options<step> o{.capacity = capacity, .concurrency = limit};
    if (!w.planted("no_key")) o.key = &step::key;
    on.on<step>([&](const step& s, context& c) { return work_on(s, c, seen, draw); }, std::move(o));
    return produce(on, keys, each);
  });
  w.always("order within a key", [&] { return seen.wrong; });
  w.eventually("every event is handled", 1min, [&] { return seen.handled == keys * each; });
  w.run();
}

}  // namespace ensue::scenarios
