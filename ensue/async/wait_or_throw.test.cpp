#include <ensue/async/wait_or_throw.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<> wait_there(runtime& rt, work_list& list) { co_await wait_or_throw(list, rt, "there"); }

}  // namespace

TEST_CASE("a wait ends well, closed or cancelled") {
  run([](runtime& rt) -> task<> {
    work_list list;
    scope s{rt};
    const auto cancelled = s.spawn("a", outcome(wait_there(rt, list)));
    const auto well = s.spawn("b", outcome(wait_there(rt, list)));
    const auto closed = s.spawn("c", outcome(wait_there(rt, list)));
    co_await yields(rt, 3);
    CHECK(list.size() == 3);
    cancelled.cancel();
    CHECK(wake_one(list));
    wake_all(list, wait_status::closed);
    CHECK_FALSE(wake_one(list));
    co_await s.join();
    CHECK(cancelled.get() == "cancelled");
    CHECK(well.get() == "nothing");
    CHECK(closed.get() == "closed");
  });
}

TEST_CASE("a firm wait outlasts a cancellation, before it and in it") {
  run([](runtime& rt) -> task<> {
    work_list list;
    int told = 0;
    const auto tell = [](void* count) noexcept { ++*static_cast<int*>(count); };
    scope s{rt};
    child<> self;
    bool passed = false;
    self = s.spawn("firm", [&]() -> task<> {
      co_await wait_firmly(list, rt, "first", tell, &told);
      self.cancel();
      passed = true;
      co_await this_coro::throw_if_cancelled(false);
      co_await wait_firmly(list, rt, "second", tell, &told);
      co_await this_coro::throw_if_cancelled(true);
      co_await yield(rt);
      FAIL("its cancellation was swallowed");
    });
    co_await yields(rt, 3);
    CHECK(list.size() == 1);
    CHECK(wake_one(list));
    co_await yields(rt, 3);
    CHECK(passed);
    CHECK(told == 1);
    CHECK(wake_one(list));
    co_await s.join();
    CHECK(self.cancelled());
  });
}
