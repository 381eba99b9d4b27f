// a handler destroys its own subscription, another's, or the bus; or posts while the bus
// closes. The call in flight ends, no later one begins, and nothing is used that is gone.
#include "attack.hpp"
#include <ensue/async/sleep.hpp>
#include <ensue/sim/explore.hpp>

#include <array>
#include <memory>
#include <optional>

namespace ensue::attacks {

namespace {

struct tick {
  int number = 0;
};

enum class deed : std::uint8_t { end_itself, end_other, close_and_post, destroy_bus, count };
enum class way : std::uint8_t { plain, coroutine, plain_retried, coroutine_timed, count };

struct scene {
  sim::world& w;
  deed what;
  std::unique_ptr<bus> b = std::make_unique<bus>(w.rt());
  std::optional<subscription> mine{}, other{};
  int calls = 0, other_calls = 0, after = 0;
  bool done = false;

  void act() {
    if (done) ++after;
    ++calls;
    if (calls != 2) return;
    done = true;
    switch (what) {
      case deed::end_itself: return mine->end();
      case deed::end_other: return other->end();
      case deed::close_and_post:
        b->close();
        w.require(b->try_post<tick>(99) == errc::closed, "a closed bus takes nothing");
        return;
      default: return b.reset();
    }
  }
  task<> act_later(bool twice) {
    co_await sleep_for(w.rt(), std::chrono::microseconds{10});
    act();
    if (twice) co_await yield(w.rt());
  }

  void subscribe(way how) {
    subscribe_options<tick> o;
    if (how == way::plain_retried) o.retry = {.attempts = 3};
    if (how == way::coroutine_timed) o.timeout = std::chrono::seconds{1};
    if (how == way::coroutine || how == way::coroutine_timed) {
      mine = b->subscribe<tick>([this](const tick&) { return act_later(true); }, std::move(o));
    } else {
      mine = b->subscribe<tick>([this](const tick&) { act(); }, std::move(o));
    }
    other = b->subscribe<tick>([this](const tick&) { ++other_calls; });
  }
};

void play(sim::world& w, deed what, way how, bool emitted) {
  scene s{.w = w, .what = what};
  s.subscribe(how);
  for (int i = 0; i < 5 && s.b; ++i) {
    if (emitted) {
      (void)s.b->emit<tick>(i);
    } else {
      (void)s.b->try_post<tick>(i);
    }
    if (w.random("pause").chance(300)) w.run_for(std::chrono::microseconds{5});
  }
  w.run();
  w.require(s.calls >= 2, "the deed was done");
  if (what != deed::end_other) w.require(s.after == 0, "no call begins afterwards");
  if (!s.b) return;
  const ledger all = s.b->total();
  w.require(all.balanced() && all.in_flight() == 0, all.text());
}

}  // namespace

void a04_destroys(attack& a) {
  std::uint64_t runs = 0, orders = 0;
  for (int what = 0; what < static_cast<int>(deed::count); ++what) {
    for (int how = 0; how < static_cast<int>(way::count); ++how) {
      for (const bool emitted : {false, true}) {
        sim::sweep seeds;
        seeds.seeds = a.size(100, 5'000);
        const sim::findings found = sim::explore(seeds, [&](sim::world& w) {
          play(w, static_cast<deed>(what), static_cast<way>(how), emitted);
        });
        a.require(!found.failing_seed, "deed " + std::to_string(what) + ", way " +
                                           std::to_string(how) + ": " + found.report);
        runs += found.seeds;
        orders += found.distinct;
      }
    }
  }
  a.report("runs", static_cast<double>(runs), "");
  a.report("different orders", static_cast<double>(orders), "");
}

}  // namespace ensue::attacks
