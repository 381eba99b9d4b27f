#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/watchdog.hpp>

#include <doctest/doctest.h>

#include <mutex>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

// Holds the loop until the watchdog has reported `wanted` stalls (or far too long).
struct stalls {
  std::mutex mutex;
  std::vector<stall> seen;
  std::size_t count() {
    const std::lock_guard lock{mutex};
    return seen.size();
  }
  void hold_until(runtime& rt, std::size_t wanted) {
    const time_point limit = rt.now() + 20s;
    while (count() < wanted && rt.now() < limit) {
    }
  }
};

loop_runtime::options watched(stalls& s) {
  loop_runtime::options o;
  o.watchdog_after = 20ms;
  o.on_stall = [&s](const stall& what) {
    const std::lock_guard lock{s.mutex};
    s.seen.push_back(what);
  };
  return o;
}

task<> hold(runtime& rt, stalls& s, const char* label, std::size_t wanted) {
  rt.set_running(label);
  s.hold_until(rt, wanted);
  co_await sleep_for(rt, 1ms);
}

struct remembering_log : log_sink {
  void write(log_level, std::string_view message,
             std::span<const log_field> fields) noexcept override {
    lines.emplace_back(message);
    for (const log_field& f : fields)
      if (const auto* text = std::get_if<std::string_view>(&f.value)) lines.emplace_back(*text);
  }
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("the watchdog names what holds the loop, while it does, once per stall") {
  stalls s;
  remembering_log log;
  loop_runtime rt{watched(s)};
  rt.set_log(log);
  block_on(rt, hold(rt, s, "orders.slow", 1));
  REQUIRE(s.count() == 1);
  CHECK(s.seen[0].label == "orders.slow");
  CHECK(s.seen[0].held >= 20ms);
  block_on(rt, hold(rt, s, "orders.again", 2));
  REQUIRE(s.count() == 2);
  CHECK(s.seen[1].label == "orders.again");
  CHECK(log.lines.size() >= 2);
  CHECK(log.lines[0] == "the loop was held");
  CHECK(log.lines[1] == "orders.slow");
}

TEST_CASE("a loop that sleeps is not a stall") {
  stalls s;
  loop_runtime rt{watched(s)};
  const auto nap = [&]() -> task<> { co_await sleep_for(rt, 100ms); };
  block_on(rt, nap());
  CHECK(s.count() == 0);
}

TEST_CASE("a handler that socket or foreign thread woke up for is watched as well") {
  stalls s;
  loop_runtime rt{watched(s)};
  rt.run_on_loop([&] {
    rt.set_running("posted");
    s.hold_until(rt, 1);
    rt.stop();
  });
  rt.run();
  REQUIRE(s.count() == 1);
  CHECK(s.seen[0].label == "posted");
}
