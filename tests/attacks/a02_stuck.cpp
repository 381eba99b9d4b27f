// a handler that never returns, suspended or on the thread.
#include "attack.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/world.hpp>

#include <mutex>

namespace ensue::attacks {

using namespace std::chrono_literals;

namespace {

struct job {
  int number = 0;
};

void suspended(attack& a) {
  sim::world w;
  bus b{w.rt()};
  int done = 0;
  const auto held = b.subscribe<job>(
      [&](const job& j) -> task<> {
        if (j.number == 1) co_await sleep_for(w.rt(), std::chrono::hours{24 * 365});
        ++done;
      },
      {.name = "worker", .timeout = 2s});
  for (int i = 1; i <= 3; ++i) a.require(!b.try_post<job>(i), "posted");
  w.run();
  a.require(done == 2, "the slot is free again");
  a.require(held.counts().dead == 1, "it counts as a failure");
  a.require(b.accounts().front().timed_out == 1, "it is counted as timed out");
  a.require(w.elapsed() < 3s, "cut off in time");
  a.require_settled(b, "suspended");
  a.report("suspended, cut off after", static_cast<double>(w.elapsed() / 1ms), "ms");
}

struct seen {
  std::mutex guard;
  std::vector<stall> stalls;
};

// The loop is held by spinning, as a handler would that computes for ever.
template <class Subscribe>
void blocked(attack& a, const std::string& how, Subscribe subscribe) {
  seen s;
  const duration after = a.full() ? limits::watchdog_after : duration{40ms};
  loop_runtime rt{{.watchdog_after = after, .on_stall = [&s](const stall& e) {
                     const std::scoped_lock lock{s.guard};
                     s.stalls.push_back(e);
                   }}};
  bus b{rt};
  int done = 0;
  const auto spin = [&rt, &done, after](const job& j) {
    const time_point end = rt.now() + (j.number == 1 ? 3 * after : duration{});
    while (rt.now() < end) {
    }
    ++done;
  };
  const subscription held = subscribe(b, spin);
  for (int i = 1; i <= 3; ++i) a.require(!b.try_post<job>(i), "posted");
  block_on(rt, b.wait_idle());
  a.require(done == 3, how + ": the others have their turn afterwards");
  a.require_settled(b, how);
  const std::scoped_lock lock{s.guard};
  a.require(s.stalls.size() == 1, how + ": the watchdog says so once");
  a.report(how + ", seen after", static_cast<double>(s.stalls[0].held / 1us) / 1e3, "ms");
}

}  // namespace

void a02_stuck(attack& a) {
  suspended(a);
  blocked(a, "plain", [](bus& b, auto spin) {
    return b.subscribe<job>([spin](const job& j) { spin(j); }, {.name = "spinner"});
  });
  blocked(a, "plain with retry", [](bus& b, auto spin) {
    return b.subscribe<job>([spin](const job& j) { spin(j); },
                            {.name = "spinner", .retry = {.attempts = 2}});
  });
  blocked(a, "coroutine", [](bus& b, auto spin) {
    return b.subscribe<job>(
        [spin](const job& j) -> task<> {
          spin(j);
          co_return;
        },
        {.name = "spinner"});
  });
}

}  // namespace ensue::attacks
