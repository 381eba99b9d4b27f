#include <ensue/async/timer.hpp>

#include <memory>
#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

// Runs five ticks; the owner is busy for `busy` after the first. Times since the start, in ms.
std::vector<std::int64_t> ticks(ticker_options o, duration busy,
                                std::vector<std::uint64_t>* counts = nullptr) {
  std::vector<std::int64_t> times;
  run([&](runtime& rt) -> task<> {
    const time_point start = rt.now();
    ticker every{rt, o};
    for (int i = 0; i < 5; ++i) {
      const std::uint64_t stands_for = co_await every.next();
      times.push_back((rt.now() - start) / 1ms);
      if (counts) counts->push_back(stands_for);
      if (i == 0) co_await sleep_for(rt, busy);
    }
  });
  return times;
}

using times = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a timer calls once, when it says") {
  sim::world w{fifo()};
  timer t{w.rt()};
  std::vector<duration> calls;
  t.call_in(5ms, [&] { calls.push_back(w.elapsed()); });
  t.call_in(7ms, [&] { calls.push_back(w.elapsed()); });
  CHECK(t.pending());
  w.run();
  CHECK(calls == std::vector<duration>{7ms});
  CHECK_FALSE(t.pending());
  CHECK_FALSE(t.cancel());
}

TEST_CASE("a cancelled or destroyed timer does not call") {
  sim::world w{fifo()};
  bool called = false;
  timer cancelled{w.rt()};
  auto destroyed = std::make_unique<timer>(w.rt());
  cancelled.call_in(5ms, [&] { called = true; });
  destroyed->call_in(5ms, [&] { called = true; });
  CHECK(cancelled.cancel());
  destroyed.reset();
  w.run_for(1h);
  CHECK_FALSE(called);
}

TEST_CASE("what a timer calls may set it again or destroy it") {
  sim::world w{fifo()};
  int calls = 0;
  auto t = std::make_unique<timer>(w.rt());
  t->call_in(1ms, [&] {
    ++calls;
    t->call_in(1ms, [&] {
      ++calls;
      t.reset();
    });
  });
  w.run();
  CHECK(calls == 2);
  CHECK(w.elapsed() == 2ms);
}

TEST_CASE("fixed rate: no drift, however long the work takes") {
  CHECK(ticks({.period = 10ms}, 0ms) == times{10, 20, 30, 40, 50});
  CHECK(ticks({.period = 10ms}, 9ms) == times{10, 20, 30, 40, 50});
}

TEST_CASE("missed ticks: skipped, once for all, or each of them") {
  std::vector<std::uint64_t> counts;
  CHECK(ticks({.period = 10ms, .missed = catch_up::skip}, 35ms, &counts) ==
        times{10, 50, 60, 70, 80});
  CHECK(counts == std::vector<std::uint64_t>{1, 4, 1, 1, 1});
  counts.clear();
  CHECK(ticks({.period = 10ms, .missed = catch_up::once}, 35ms, &counts) ==
        times{10, 45, 50, 60, 70});
  CHECK(counts == std::vector<std::uint64_t>{1, 3, 1, 1, 1});
  counts.clear();
  CHECK(ticks({.period = 10ms, .missed = catch_up::all}, 35ms, &counts) ==
        times{10, 45, 45, 45, 50});
  CHECK(counts == std::vector<std::uint64_t>{1, 1, 1, 1, 1});
}

TEST_CASE("fixed delay: a whole period from one call to its end") {
  CHECK(ticks({.period = 10ms, .fixed_delay = true}, 35ms) == times{10, 55, 65, 75, 85});
}

TEST_CASE("a cancelled tick is not consumed") {
  run([](runtime& rt) -> task<> {
    ticker every{rt, {.period = 10ms}};
    const time_point due = every.due();
    scope s{rt};
    const auto waiting = s.spawn("w", every.next());
    co_await sleep_for(rt, 1ms);
    waiting.cancel();
    co_await s.join();
    CHECK(every.due() == due);
  });
}
