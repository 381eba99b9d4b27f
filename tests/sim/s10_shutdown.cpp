// S-10: a whole app is asked to stop at any step. It ends in time, every order it said yes to is
// handled or reported as left behind, and no handler begins after the end.
#include "scenarios.hpp"
#include <ensue/async/sleep.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;
using testing::service;

struct order {
  int id = 0;
};

struct watch {
  simulation& w;
  std::uint64_t said_yes = 0, handled = 0, left = 0, after_end = 0;
  bool ended = false;
  exit_code code = exit_code::drained;
  app* shop = nullptr;
};

// Says yes to customers at once and passes their orders on in small batches.
struct gateway {
  static constexpr std::string_view name = "gateway";
  watch& seen;
  app& shop;
  random_stream draw;
  std::vector<int> batch{};
  bool open = false;

  void start() { open = true; }
  void stop() { open = false; }
  task<> flush() {
    while (!batch.empty()) {
      const int id = batch.back();
      batch.pop_back();
      co_await shop.bus().post<order>(id);
    }
  }
  task<> stop_intake() {
    if (!seen.w.planted("keeps_taking")) open = false;
    if (!seen.w.planted("no_flush")) co_await flush();
  }
  task<> run() {
    while (open) {
      co_await sleep_for(shop.rt(), duration{static_cast<std::int64_t>(draw.below(40'000'000))});
      if (!open) co_return;
      batch.push_back(static_cast<int>(++seen.said_yes));
      if (batch.size() >= 3) co_await flush();
    }
  }
};

task<> ship(watch& seen, runtime& rt, random_stream& draw) {
  if (seen.ended) ++seen.after_end;
  co_await sleep_for(rt, duration{static_cast<std::int64_t>(draw.below(200'000'000))});
  ++seen.handled;
}

void boot(watch& seen, app& a, random_stream& draw) {
  seen.shop = &a;
  a.add(std::make_unique<gateway>(gateway{seen, a, a.rt().random("customers")}));
  a.on<order>([&](const order&) { return ship(seen, a.rt(), draw); }, {.concurrency = 2});
  a.on<drained>([&](const drained& d) {
    for (const left_behind& l : d.left) seen.left += l.queued + l.running;
  });
  a.on<stopped>([&](const stopped& s) {
    seen.ended = true;
    seen.code = s.code;
  });
}

}  // namespace

void s10_shutdown(simulation& w) {
  watch seen{w};
  random_stream draw = w.random("ship");
  const std::uint64_t stop_after = w.size("stop_after_ms", 0, 800);
  const bool twice = w.size("insists", 0, 3) == 0;
  w.host("shop", [&](app& a) { boot(seen, a, draw); });
  w.client("operator", [&](service& on) -> task<> {
    co_await sleep_for(on.rt(), duration{1ms} * static_cast<std::int64_t>(stop_after));
    seen.shop->stop("a new version");
    if (!twice) co_return;
    co_await sleep_for(on.rt(), 50ms);
    seen.shop->force("now");
  });
  w.always("no handler begins after the end", [&] { return seen.after_end == 0; });
  w.eventually("the app ends", 1min, [&] { return seen.ended; });
  w.eventually("a yes is kept or reported", 1s, [&] {
    return twice || seen.said_yes == seen.handled + seen.left
               ? std::string{}
               : std::to_string(seen.said_yes) + " accepted, " + std::to_string(seen.handled) +
                     " handled, " + std::to_string(seen.left) + " left";
  });
  w.run();
}

}  // namespace ensue::scenarios
