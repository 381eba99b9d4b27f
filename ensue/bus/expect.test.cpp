#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/expect.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct reply {
  int to = 0;
};

task<> reply_later(bus& b, int to, duration after) {
  co_await ensue::sleep_for(b.rt(), after);
  co_await b.post<reply>(to);
}

template <class T>
error_code error_of(sim::world& w, task<T> t) {
  try {
    (void)w.block_on(std::move(t));
  } catch (const system_error& e) {
    return e.code();
  }
  return {};
}

}  // namespace

TEST_CASE("expect gives the next event that its filter accepts") {
  sim::world w;
  bus b{w.rt()};
  w.spawn("1", reply_later(b, 1, 1s));
  w.spawn("2", reply_later(b, 2, 2s));
  const std::function<bool(const reply&)> mine = [](const reply& r) { return r.to == 2; };
  CHECK(w.block_on(b.expect<reply>(5s, mine)).to == 2);
  CHECK(w.elapsed() == 2s);
  CHECK(b.engine().subscriptions().empty());
  CHECK(b.total().balanced());
}

TEST_CASE("expect listens from the call, not from the await") {
  sim::world w;
  bus b{w.rt()};
  auto waiting = b.expect<reply>(5s);
  CHECK(b.emit<reply>(7).delivered == 1);
  CHECK(b.emit<reply>(8).delivered == 0);
  CHECK(w.block_on(std::move(waiting)).to == 7);
}

TEST_CASE("expect gives up at its deadline, and stops listening") {
  sim::world w;
  bus b{w.rt()};
  CHECK(error_of(w, b.expect<reply>(3s)) == errc::timed_out);
  CHECK(w.elapsed() == 3s);
  CHECK(b.engine().subscriptions().empty());
}

TEST_CASE("expect ends with errc::closed when the bus closes, before and while it waits") {
  sim::world w;
  auto b = std::make_unique<bus>(w.rt());
  auto early = b->expect<reply>(3s);
  auto late = b->expect<reply>(3s);
  error_code early_error, late_error;
  const auto note = [](task<reply> t, error_code& to) -> task<> {
    try {
      (void)co_await std::move(t);
    } catch (const system_error& e) {
      to = e.code();
    }
  };
  w.spawn("late", note(std::move(late), late_error));
  w.run_for(1s);
  b.reset();
  w.spawn("early", note(std::move(early), early_error));
  w.run_for(1ms);
  CHECK(early_error == errc::closed);
  CHECK(late_error == errc::closed);
}

TEST_CASE("an expectation that nobody awaits stops listening when it is dropped") {
  sim::world w;
  bus b{w.rt()};
  {
    const auto dropped = b.expect<reply>(3s);
    CHECK(b.engine().subscriptions().size() == 1);
  }
  CHECK(b.emit<reply>(1).delivered == 0);
}
