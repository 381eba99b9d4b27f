// A service made of all kinds of waits, cut off anywhere: every frame must go, none twice.
#include <ensue/async/deadline.hpp>
#include <ensue/async/queue.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/async/semaphore.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/determinism.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

// What outside the service is left to count: it survives crashes.
struct tally {
  int handled = 0;
  int frames = 0;
};

struct counted_frame {
  explicit counted_frame(tally& t) : count{t} { ++count.frames; }
  counted_frame(const counted_frame&) = delete;
  counted_frame& operator=(const counted_frame&) = delete;
  ~counted_frame() { --count.frames; }
  tally& count;
};

struct service {
  service(runtime& on, tally& t)
      : rt{on}, count{t}, orders{on, {.capacity = 4, .name = "orders"}}, tills{on, 2} {}
  runtime& rt;
  tally& count;
  queue<int> orders;
  semaphore tills;
};

task<> charge(service& s) {
  const counted_frame frame{s.count};
  co_await sleep_for(s.rt, 3ms);
}

task<> worker(service& s) {
  const counted_frame frame{s.count};
  for (;;) {
    co_await s.orders.pop();
    const permit till = co_await s.tills.acquire();
    co_await with_timeout(s.rt, 1s, charge(s));
    ++s.count.handled;
  }
}

task<> feed(service& s) {
  const counted_frame frame{s.count};
  for (int i = 0;; ++i) (co_await s.orders.push(i)).value();
}

task<> serve(service& s) {
  const counted_frame frame{s.count};
  scope work{s.rt};
  for (int i = 0; i < 3; ++i) work.spawn("worker", worker(s));
  work.spawn("feed", feed(s));
  co_await work.join();
}

void crash_often(sim::world& w, tally& count) {
  sim::host& shop = w.host("shop", [&count](sim::host& h) {
    const auto s = std::make_shared<service>(h.rt(), count);
    h.keep(s);
    h.spawn_background("serve", serve(*s));
  });
  random_stream draw = w.random("crash");
  for (int i = 0; i < 5; ++i) {
    w.run_for(duration{static_cast<std::int64_t>(draw.below(20'000'000))});
    shop.crash();
    w.require(count.frames == 0, std::to_string(count.frames) + " frames survived a crash");
    w.run_for(1ms);
    shop.restart();
  }
  const int before = count.handled;
  w.require(w.run_until([&] { return count.handled > before + 10; }, 10s), "handles no more");
  w.note("handled", static_cast<std::uint64_t>(count.handled));
  shop.crash();
}

}  // namespace

TEST_CASE("a service that crashes anywhere leaves nothing behind and works again") {
  const sim::findings found = sim::for_each_seed(200, [](sim::world& w) {
    tally count;
    crash_often(w, count);
    w.end();
  });
  CHECK(found.distinct == 200);
}

TEST_CASE("the crashes are the same both times") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto d = sim::check_determinism(seed, [](sim::world& w) {
      tally count;
      crash_often(w, count);
      w.end();
    });
    CHECK_MESSAGE(d.same, d.report);
  }
}
