// S-03: copies of a few events, together and around the end of the window.
#include "scenarios.hpp"
#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/reliability/dedupe.hpp>

#include <array>
#include <optional>
#include <string>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;

constexpr duration window = 50ms;

struct bank {
  sim::world& w;
  runtime& rt;
  bool planted;
  dedupe once;
  memory_dedupe_store store;
  std::array<std::optional<time_point>, 3> charged{};
  std::array<int, 3> tried{};
};

task<> charge(bank& b, std::size_t n, duration takes, bool fails) {
  ++b.tried[n];
  co_await sleep_for(b.rt, takes);
  if (fails) throw std::runtime_error{"no route"};
  const time_point now = b.rt.now();
  b.w.require(!b.charged[n] || now - *b.charged[n] >= window, "an order was charged twice");
  b.charged[n] = now;
}

// The bug: looks, works, then records; a copy that looks meanwhile works too.
task<> handle_planted(bank& b, std::size_t n, duration takes, bool fails) {
  const std::string id = std::to_string(n);
  const dedupe_key key{"shop", id};
  if (b.store.seen(key)) co_return;
  co_await charge(b, n, takes, fails);
  co_await b.store.record(key);
}

task<> handle(bank& b, std::size_t n, duration takes, bool fails) {
  if (b.planted) co_return co_await handle_planted(b, n, takes, fails);
  const std::string id = std::to_string(n);
  const dedupe_key key{"shop", id};
  dedupe::claim c = co_await b.once.begin(key);
  if (c.first()) {
    co_await charge(b, n, takes, fails);
    co_await c.succeeded();
  }
}

task<> deliver(bank& b, std::size_t n, duration after, duration takes, bool fails) {
  co_await sleep_for(b.rt, after);
  try {
    co_await handle(b, n, takes, fails);
  } catch (const std::runtime_error&) {
    if (!fails) throw;
  }
}

// A success, and a copy just inside and just outside of its window.
task<> edge(bank& b) {
  co_await handle(b, 2, 0ms, false);
  const time_point done = b.rt.now();
  co_await sleep_until(b.rt, *b.charged[2] + window - 20ms);
  if (b.rt.now() >= *b.charged[2] + window) co_return;  // a slow machine
  const int before = b.tried[2];
  co_await handle(b, 2, 0ms, false);
  b.w.require(b.tried[2] == before, "a copy inside the window took effect");
  co_await sleep_until(b.rt, done + window);
  const int late = b.tried[2];
  co_await handle(b, 2, 0ms, false);
  b.w.require(b.tried[2] == late + 1, "an event outside the window was taken for a copy");
}

task<> run(bank& b, scope& s, random_stream draw) {
  for (int i = 0; i < 8; ++i) {
    const std::size_t n = draw.below(2);
    const duration after{std::chrono::milliseconds{draw.below(200)}};
    const duration takes{std::chrono::milliseconds{draw.below(10)}};
    const auto one = s.spawn("delivery", deliver(b, n, after, takes, draw.chance(300)));
    if (draw.chance(100)) one.cancel();
  }
  co_await edge(b);
}

void play(sim::world& w, bool planted) {
  const dedupe_policy policy{.window = window, .entries_max = 100};
  bank b{w, w.rt(), planted, {w.rt(), policy}, {w.rt(), policy}};
  const ends_first before_the_bank{w};
  const auto body = [&](scope& s) { return run(b, s, w.random("deliveries")); };
  w.block_on(with_scope(w.rt(), body));
  w.require(b.once.in_progress() == 0, "a claim was left behind");
}

}  // namespace

void dedupe_window(sim::world& w) { play(w, false); }
void dedupe_window_planted(sim::world& w) { play(w, true); }

}  // namespace ensue::scenarios
