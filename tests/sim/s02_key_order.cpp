// S-02: coroutine handlers with a key, 1 to 64 at once, some of which fail and are tried again by
// the subscription's policy, some for good: in order within a key whatever happens, one at a time.
// In some runs one event fails until all others are done: it may hold up its own key only.
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
  unsigned attempts = 1;
  bool stubborn = false;  // the first event of key 0 is
  unsigned at_work = 0;
  std::uint64_t of_others = 0;  // events of other keys that are not settled
  std::uint64_t handled = 0, given_up = 0, told = 0;
  std::map<int, int> next{}, busy{};
  std::string wrong{};

  void says(bool fine, const std::string& what) {
    if (!fine && wrong.empty()) wrong = what;
  }
  void settled(const step& e, bool well) {
    says(e.number == next[e.key]++, "an event overtook another of its key");
    of_others -= e.key != 0;
    ++(well ? handled : given_up);
  }
};

class at_work {
 public:
  at_work(watch& seen, int key) : seen_{seen}, key_{key} {
    seen.says(++seen.at_work <= seen.limit, "more handlers at work than allowed");
    seen.says(++seen.busy[key] == 1, "two events of one key at work");
  }
  at_work(const at_work&) = delete;
  at_work& operator=(const at_work&) = delete;
  ~at_work() {
    --seen_.at_work;
    --seen_.busy[key_];
  }

 private:
  watch& seen_;
  int key_;
};

task<bool> fails(watch& seen, runtime& rt, random_stream& draw, const step& e) {
  const bool first = e.key == 0 && e.number == 0;
  co_await sleep_for(rt, duration{static_cast<std::int64_t>(draw.below(3'000'000))});
  co_return draw.chance(300) || (seen.stubborn && first && seen.of_others > 0);
}

task<> work_on(const step& s, context& c, watch& seen, random_stream& draw) {
  runtime& rt = c.rt();
  const step e = s;
  const at_work here{seen, e.key};
  seen.says(e.number == seen.next[e.key], "an event began before another of its key was done");
  bool failed = co_await fails(seen, rt, draw, e);
  if (seen.w.planted("in_place"))  // tries again itself
    for (; failed; failed = co_await fails(seen, rt, draw, e)) co_await sleep_for(rt, 1s);
  if (failed && seen.w.planted("repost")) {  // a retry that goes to the back of the queue
    (void)c.try_post<step>(e.key, e.number);
    co_return;
  }
  if (failed && c.attempt() < seen.attempts) throw std::runtime_error{"not now"};
  seen.settled(e, !failed);
  if (failed) throw std::runtime_error{"never"};
}

task<> produce(service& on, watch& seen, std::uint64_t keys, std::uint64_t each) {
  bus& b = on.bus();
  for (std::uint64_t n = 0; n < each; ++n)
    for (std::uint64_t k = 0; k < keys; ++k)
      co_await b.post<step>(static_cast<int>(k), static_cast<int>(n));
  co_await b.wait_idle();
  const ledger l = b.total();
  seen.says(l.balanced() && l.handled == seen.handled && l.dead == seen.told,
            "the ledger: " + l.text());
  seen.says(seen.told == seen.given_up, "on_failure was not told of each event given up");
}

}  // namespace

void s02_key_order(simulation& w) {
  random_stream draw = w.random("handlers");
  const auto limit = static_cast<unsigned>(1) << w.size("concurrency_log2", 0, 6);
  const std::uint64_t keys = w.size("keys", 1, 4), each = w.size("each", 1, 6);
  watch seen{w, limit};
  seen.stubborn = w.size("stubborn", 0, 1) == 1;
  seen.of_others = (keys - 1) * each;
  // An event that waits for its next attempt takes room, and so does what waits behind it.
  const std::uint64_t capacity = w.size("capacity", 1, 8) + (seen.stubborn ? each : 0);
  seen.attempts =
      seen.stubborn ? retry_policy::attempts_max : static_cast<unsigned>(w.size("attempts", 2, 6));
  w.client("bus", [&](service& on) {
    subscribe_options<step> o{.capacity = capacity, .concurrency = limit};
    o.retry = {.attempts = seen.attempts, .base = 1ms, .cap = 20ms};
    o.retry_budget = retry_budget_policy::none();
    o.dead_letter = false;
    o.on_failure = [&](const dead_letter&) { ++seen.told; };
    if (!w.planted("no_key")) o.key = &step::key;
    on.on<step>([&](const step& s, context& c) { return work_on(s, c, seen, draw); }, std::move(o));
    return produce(on, seen, keys, each);
  });
  w.always("order within a key", [&] { return seen.wrong; });
  w.eventually("every event is handled, or given up", 1min,
               [&] { return seen.handled + seen.given_up == keys * each; });
  w.run();
}

}  // namespace ensue::scenarios
