#include <ensue/async/deadline.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/posting.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct job_added {
  int n = 0;
};

template <class T>
error_code error_of(sim::world& w, task<T> t) {
  try {
    if constexpr (std::is_void_v<T>) {
      w.block_on(std::move(t));
    } else {
      (void)w.block_on(std::move(t));
    }
  } catch (const system_error& e) {
    return e.code();
  }
  return {};
}

// Handlers stand at a door until it is opened.
struct fixture {
  sim::world w;
  bus b{w.rt()};
  work_list door;
  std::vector<int> handled;
  ~fixture() { CHECK(b.total().balanced()); }

  subscription slow(subscribe_options<job_added> options) {
    return b.subscribe<job_added>(
        [this](const job_added& j, context& c) -> task<> {
          co_await wait_in(door, c.rt(), "door");
          handled.push_back(j.n);
        },
        std::move(options));
  }
  void fill(int n) {
    CHECK_FALSE(b.try_post<job_added>(-1));
    w.run();  // taken by the worker
    for (int i = 0; i < n; ++i) CHECK_FALSE(b.try_post<job_added>(i));
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a post waits for room no longer than the subscription allows") {
  auto s = slow({.capacity = 2, .wait_max = 3s});
  fill(2);
  CHECK(b.try_post<job_added>(9) == errc::full);
  CHECK(error_of(w, task<>{b.post<job_added>(9)}) == errc::timed_out);
  CHECK(w.elapsed() == 3s);
  CHECK(s.counts().accepted == 3);
  CHECK(b.accounts()[0].refused == 2);  // the try_post and the post
}

TEST_CASE_FIXTURE(fixture, "a publish waits for room no longer than the subscription allows") {
  auto s = slow({.capacity = 2, .wait_max = 3s});
  fill(2);
  CHECK(error_of(w, b.publish<job_added>(9)) == errc::timed_out);
  CHECK(w.elapsed() == 3s);
  CHECK(s.counts().accepted == 3);
}

TEST_CASE_FIXTURE(fixture, "a cancelled post was accepted nowhere") {
  auto s1 = slow({.capacity = 1});
  auto s2 = b.subscribe<job_added>([](const job_added&) {});
  fill(1);
  w.run();
  CHECK(error_of(w, with_timeout(w.rt(), 2s, b.post<job_added>(9))) == errc::timed_out);
  CHECK(s1.counts().accepted == 2);
  CHECK(s2.counts().accepted == 2);
}

TEST_CASE_FIXTURE(fixture, "a rejecting subscriber refuses the event for all") {
  auto s1 = slow({.capacity = 1, .on_full = overflow::reject});
  int others = 0;
  auto s2 = b.subscribe<job_added>([&](const job_added&) { ++others; });
  fill(1);
  CHECK(b.try_post<job_added>(9) == errc::full);
  CHECK(error_of(w, task<>{b.post<job_added>(9)}) == errc::full);
  w.run();
  CHECK(others == 2);
  CHECK(b.emit<job_added>(10).delivered == 1);
  CHECK(others == 3);
  CHECK(s1.counts().dropped_for(drop_reason::rejected) == 1);
  CHECK(b.accounts()[0].refused == 2);
  CHECK(b.accounts()[1].refused == 0);
}

TEST_CASE_FIXTURE(fixture, "posts that wait go on in the order in which they began") {
  auto s = slow({.capacity = 1});
  fill(1);
  for (int i = 1; i < 6; ++i) w.spawn("poster", b.post<job_added>(i));
  w.run_for(1ms);
  while (!b.idle()) {
    wake_all(door);
    w.run_for(1ms);
  }
  CHECK(handled == std::vector<int>{-1, 0, 1, 2, 3, 4, 5});
}

TEST_CASE_FIXTURE(fixture, "who waits for two queues hands the room in one to the next") {
  work_list other_door;
  auto s1 = slow({.name = "a", .capacity = 1});
  auto s2 = b.subscribe<job_added>(
      [&](const job_added& j, context& c) -> task<> {
        if (j.n <= 0) co_await wait_in(other_door, c.rt(), "other door");
      },
      {.name = "b", .capacity = 1});
  fill(1);
  w.spawn_background("x", [](bus& to) -> task<> {
    try {
      co_await with_timeout(to.rt(), 5s, to.post<job_added>(1));
    } catch (const system_error& e) {
      CHECK(e.code() == errc::timed_out);
    }
  }(b));
  w.spawn_background("y", [](bus& to) -> task<> { co_await to.post<job_added>(2); }(b));
  w.run_for(1s);
  wake_all(door), w.run_for(1s), wake_all(door), w.run_for(1s);  // room in a, none in b
  w.run_for(10s);                                                // x gives up
  wake_all(other_door), w.run_for(1s), wake_all(other_door), w.run_for(1s);
  while (!b.idle()) {
    wake_all(door);
    w.run_for(1ms);
  }
  CHECK(handled.size() >= 3);
  CHECK(handled.back() == 2);
}

TEST_CASE_FIXTURE(fixture, "a publish may be cancelled while handlers run; they go on") {
  int collected = 0;
  auto s = b.subscribe<job_added>([&](const job_added&, context& c) -> task<int> {
    co_await ensue::sleep_for(c.rt(), 10s);
    ++collected;
    co_return 1;
  });
  CHECK(error_of(w, with_timeout(w.rt(), 2s, b.collect<int, job_added>(1))) == errc::timed_out);
  CHECK(error_of(w, with_timeout(w.rt(), 2s, b.publish<job_added>(2))) == errc::timed_out);
  w.run();
  CHECK(collected == 2);
  CHECK(s.counts().handled == 2);
}

TEST_CASE_FIXTURE(fixture, "collect gives the handlers' results, a failed one gives none") {
  auto s1 = b.subscribe<job_added>([](const job_added& j) { return j.n; });
  auto s2 = b.subscribe<job_added>([](const job_added&) -> int { throw 1; });
  auto s3 = b.subscribe<job_added>([](const job_added& j, context& c) -> task<int> {
    co_await yield(c.rt());
    co_return j.n * 2;
  });
  CHECK(w.block_on(b.collect<int, job_added>(4)) == std::vector<int>{4, 8});
}

TEST_CASE_FIXTURE(fixture, "waiting publishers are told that the bus has closed") {
  auto s = slow({.capacity = 1});
  fill(1);
  error_code post_error, publish_error;
  const auto note = [](auto t, error_code& to) -> task<> {
    try {
      (void)co_await std::move(t);
    } catch (const system_error& e) {
      to = e.code();
    }
  };
  w.spawn("publish", note(b.publish<job_added>(2), publish_error));
  w.spawn("post", [](task<> t, error_code& to) -> task<> {
    try {
      co_await std::move(t);
    } catch (const system_error& e) {
      to = e.code();
    }
  }(b.post<job_added>(1), post_error));
  w.run_for(1s);
  b.close();
  w.run();
  CHECK(post_error == errc::closed);
  CHECK(publish_error == errc::closed);
  CHECK(b.try_post<job_added>(3) == errc::closed);
  CHECK(b.emit<job_added>(3).refused == 1);
}

TEST_CASE_FIXTURE(fixture, "wait_idle reports that the bus was not idle in time") {
  auto s = slow({});
  fill(1);
  CHECK(error_of(w, b.wait_idle(4s)) == errc::timed_out);
  CHECK(w.elapsed() == 4s);
  wake_all(door), w.run_for(1s), wake_all(door);
  CHECK_FALSE(error_of(w, b.wait_idle(4s)));
}
