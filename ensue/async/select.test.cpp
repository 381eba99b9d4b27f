#include <ensue/async/select.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<int> int_after(runtime& rt, duration d, int value) {
  co_await sleep_for(rt, d);
  co_return value;
}

task<std::string> text_after(runtime& rt, duration d, std::string value) {
  co_await sleep_for(rt, d);
  co_return value;
}

task<> note_cleanup(runtime& rt, bool& cleaned) {
  try {
    co_await sleep_for(rt, 1h);
  } catch (const system_error&) {
    cleaned = true;
    throw;
  }
}

task<int> at_once(int value) { co_return value; }

task<int> never_to_start(bool& started) {
  started = true;
  co_return 0;
}

}  // namespace

TEST_CASE("the first to end wins, the others have cleaned up") {
  run([](runtime& rt) -> task<> {
    bool cleaned = false;
    const time_point before = rt.now();
    auto won = co_await select(rt, int_after(rt, 20ms, 7), text_after(rt, 10ms, "fast"),
                               note_cleanup(rt, cleaned));
    CHECK(won.index() == 1);
    CHECK(std::get<1>(won) == "fast");
    CHECK(cleaned);
    CHECK(rt.now() - before == 10ms);
  });
}

TEST_CASE("one that ends at once keeps the later ones from starting") {
  run([](runtime& rt) -> task<> {
    bool started = false;
    const auto won = co_await select(rt, at_once(7), never_to_start(started));
    CHECK(std::get<0>(won) == 7);
    CHECK_FALSE(started);
  });
}

TEST_CASE("the winner's error comes out bare, with a loser's in a group") {
  run([](runtime& rt) -> task<> {
    const std::string alone =
        co_await outcome(select(rt, fail_after(rt, 10ms, "no stock"), sleep_task(rt, 1h)));
    CHECK(alone == "no stock");
    const std::string both = co_await outcome(
        select(rt, fail_in_cleanup(rt, "dirty"), fail_after(rt, 10ms, "no stock")));
    CHECK(both == "[dirty, no stock]");
    const std::string value_lost =
        co_await outcome(select(rt, fail_in_cleanup(rt, "dirty"), int_after(rt, 10ms, 7)));
    CHECK(value_lost == "[dirty]");
  });
}

TEST_CASE("a cancelled selection cancels all and comes out as cancellation") {
  run([](runtime& rt) -> task<> {
    bool a = false, b = false;
    scope s{rt};
    const auto owner = s.spawn("owner", [&]() -> task<> {
      co_await select(rt, note_cleanup(rt, a), note_cleanup(rt, b));
    });
    co_await sleep_for(rt, 1ms);
    owner.cancel();
    co_await s.join();
    CHECK(owner.cancelled());
    CHECK(a);
    CHECK(b);
  });
}

TEST_CASE("a selection from a list tells which one it was") {
  run([](runtime& rt) -> task<> {
    std::vector<task<int>> tasks;
    for (const int ms : {30, 10, 20})
      tasks.push_back(int_after(rt, std::chrono::milliseconds{ms}, ms));
    const auto won = co_await select(rt, std::move(tasks));
    CHECK(won.first == 1);
    CHECK(won.second == 10);
  });
}

TEST_CASE("when_all returns every result, or every error after all have run") {
  run([](runtime& rt) -> task<> {
    const auto all = co_await when_all(rt, int_after(rt, 20ms, 7), text_after(rt, 10ms, "x"),
                                       sleep_task(rt, 5ms));
    CHECK(std::get<0>(all) == 7);
    CHECK(std::get<1>(all) == "x");
    const time_point before = rt.now();
    const std::string end = co_await outcome(
        when_all(rt, fail_after(rt, 10ms, "a"), int_after(rt, 50ms, 1), fail_after(rt, 20ms, "b")));
    CHECK(end == "[a, b]");
    CHECK(rt.now() - before == 50ms);
    std::vector<task<int>> tasks;
    for (int i = 0; i < 3; ++i) tasks.push_back(at_once(i));
    const std::vector<int> values = co_await when_all(rt, std::move(tasks));
    CHECK(values == std::vector<int>{0, 1, 2});
    const std::vector<int> none = co_await when_all(rt, std::vector<task<int>>());
    CHECK(none.empty());
  });
}

TEST_CASE("a cancelled when_all comes out as cancellation") {
  run([](runtime& rt) -> task<> {
    bool cleaned = false;
    scope s{rt};
    const auto owner = s.spawn(
        "owner", [&]() -> task<> { co_await when_all(rt, at_once(1), note_cleanup(rt, cleaned)); });
    co_await sleep_for(rt, 1ms);
    owner.cancel();
    co_await s.join();
    CHECK(owner.cancelled());
    CHECK(cleaned);
  });
}
