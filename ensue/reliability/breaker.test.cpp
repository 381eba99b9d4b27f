#include <ensue/reliability/breaker.hpp>

#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

void fail(breaker& b, int times) {
  for (int i = 0; i < times; ++i) b.try_acquire()->failed();
}

// What happened, for comparing: "closed>open: 5 failures in a row".
struct diary {
  std::vector<std::string> lines{};
  explicit diary(breaker& b) {
    b.on_change([this](const breaker_change& c) {
      lines.push_back(std::string{text(c.from)} + ">" + text(c.to) + ": " + c.reason);
    });
  }
};

const auto gone = std::make_exception_ptr(std::runtime_error{"gone"});
const auto wrong_input = std::make_exception_ptr(std::invalid_argument{"wrong"});

}  // namespace

TEST_CASE("failures in a row open it, a success in between resets the count") {
  sim::world w;
  breaker b{w.rt(), {.failures = 3}};
  const diary d{b};
  fail(b, 2);
  b.try_acquire()->succeeded();
  fail(b, 2);
  CHECK(b.state() == breaker_state::closed);
  fail(b, 1);
  CHECK(b.state() == breaker_state::open);
  CHECK(b.try_acquire().error() == errc::unavailable);
  CHECK(b.retry_at() == w.now() + 1min);
  CHECK(d.lines == std::vector<std::string>{"closed>open: 3 failures in a row"});
  CHECK(b.counts().refused == 1);
}

TEST_CASE("after a while one probe at a time passes, and its success closes it") {
  sim::world w;
  breaker b{w.rt(), {.failures = 1, .open_for = 10s, .successes = 2}};
  const diary d{b};
  fail(b, 1);
  w.run_for(10s - 1ns);
  CHECK(b.state() == breaker_state::open);
  w.run_for(1ns);
  CHECK(b.state() == breaker_state::half_open);
  auto probe = b.try_acquire();
  REQUIRE(probe.has_value());
  CHECK(probe->probe());
  CHECK_FALSE(b.try_acquire().has_value());
  CHECK(b.retry_at() == never);
  probe->succeeded();
  CHECK(b.state() == breaker_state::half_open);
  b.try_acquire()->succeeded();
  CHECK(b.state() == breaker_state::closed);
  CHECK(d.lines.size() == 3);
  CHECK(d.lines[1] == "open>half open: was open for 10 s");
  CHECK(d.lines[2] == "half open>closed: 2 probes succeeded");
}

TEST_CASE("a probe that fails opens it again, each time for longer, up to a limit") {
  sim::world w;
  breaker b{w.rt(), {.failures = 1, .open_for = 10s, .growth = 2, .open_max = 25s}};
  fail(b, 1);
  for (const duration next : {20s, 25s, 25s}) {
    w.run();
    CHECK(b.state() == breaker_state::half_open);
    fail(b, 1);
    CHECK(b.retry_at() == w.now() + next);
  }
  w.run();
  b.try_acquire()->succeeded();
  fail(b, 1);
  CHECK(b.retry_at() == w.now() + 10s);
}

TEST_CASE("a probe that is cancelled gives its place back and decides nothing") {
  sim::world w;
  breaker b{w.rt(), {.failures = 1}};
  fail(b, 1);
  w.run();
  {
    const auto probe = b.try_acquire();
  }
  CHECK(b.state() == breaker_state::half_open);
  CHECK(b.probes() == 0);
  auto probe = b.try_acquire();
  CHECK(probe.has_value());
  probe->failed(wrong_input);  // an answer, if a bad one
  CHECK(b.state() == breaker_state::half_open);
  CHECK(b.counts().undecided == 2);
}

TEST_CASE("who began before the last change decides nothing, but a probe keeps its place") {
  sim::world w;
  breaker b{w.rt(), {.failures = 1, .open_for = 1s, .half_open_max = 2}};
  auto old = b.try_acquire();
  fail(b, 1);
  old->failed();
  CHECK(b.counts().opened == 1);
  w.run();
  auto slow = b.try_acquire(), quick = b.try_acquire();
  quick->failed();
  w.run();
  CHECK(b.state() == breaker_state::half_open);
  auto next = b.try_acquire();
  CHECK(next.has_value());
  CHECK_FALSE(b.try_acquire().has_value());  // `slow` is still out
  slow->succeeded();
  CHECK(b.state() == breaker_state::half_open);
  CHECK(b.counts().late == 2);
  CHECK(b.probes() == 1);
}

TEST_CASE("by rate, it opens at the share, not before the least number of calls") {
  sim::world w;
  breaker b{w.rt(),
            {.mode = breaker_mode::rate, .failure_rate = 0.5, .calls_min = 10, .window = 10s}};
  const diary d{b};
  fail(b, 9);
  CHECK(b.state() == breaker_state::closed);
  w.run_for(11s);  // they are forgotten
  for (int i = 0; i < 6; ++i) b.try_acquire()->succeeded();
  fail(b, 5);
  CHECK(b.state() == breaker_state::closed);  // 5 of 11
  fail(b, 1);
  CHECK(b.state() == breaker_state::open);
  CHECK(d.lines[0] == "closed>open: 6 of 12 calls failed within 10 s");
}

TEST_CASE("calls go through a breaker, and what they throw decides") {
  run([](runtime& rt) -> task<> {
    breaker b{rt, {.failures = 2}};
    const auto good = []() -> task<int> { co_return 7; };
    const int n = co_await b.call(good);
    CHECK(n == 7);
    const auto bad = [&] { return fail_after(rt, 1ms, "no route"); };
    for (int i = 0; i < 2; ++i) (void)co_await outcome(b.call(bad));
    CHECK(b.state() == breaker_state::open);
    const auto what = co_await outcome(b.call(bad));
    CHECK(what == error_code{errc::unavailable}.message());
    CHECK(b.counts().failed == 2);
  });
}

TEST_CASE("who waits is let through when it closes, one probe first") {
  run([](runtime& rt) -> task<> {
    breaker b{rt, {.failures = 1, .open_for = 1s, .waiting_max = 3}};
    fail(b, 1);
    std::string order;
    const auto call = [&](char name) -> task<> {
      auto p = co_await b.acquire();
      order += name;
      co_await sleep_for(rt, 1s);
      p.succeeded();
    };
    scope s{rt};
    const auto first = s.spawn("a", call, 'a');
    s.spawn("b", call, 'b');
    s.spawn("c", call, 'c');
    co_await yields(rt, 2);
    CHECK(b.waiting() == 3);
    const auto refused = co_await outcome(b.acquire());
    CHECK(refused == "full");
    co_await sleep_for(rt, 1500ms);
    CHECK(order == "a");
    first.cancel();  // the probe goes to the next
    co_await yields(rt, 3);
    CHECK(order == "ab");
    co_await s.join();
    CHECK(order == "abc");
    CHECK(b.state() == breaker_state::closed);
  });
}

TEST_CASE("a breaker that is off never opens") {
  sim::world w;
  breaker b{w.rt(), breaker_policy::none()};
  fail(b, 1000);
  CHECK(b.state() == breaker_state::closed);
  CHECK(b.retry_at() == w.now());
}

TEST_CASE("only transient errors count") {
  sim::world w;
  breaker b{w.rt(), {.failures = 1}};
  b.try_acquire()->failed(wrong_input);
  CHECK(b.state() == breaker_state::closed);
  b.try_acquire()->failed(gone);
  CHECK(b.state() == breaker_state::open);
}
