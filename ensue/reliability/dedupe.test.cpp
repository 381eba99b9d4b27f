#include <ensue/reliability/dedupe.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

const dedupe_key order_7{"shop", "7"};

// A store whose disk takes its time, and may fail.
struct slow_store final : dedupe_store {
  slow_store(runtime& r, duration window) : rt{r}, index{r, {.window = window}} {}
  bool seen(const dedupe_key& key) override { return index.seen(key); }
  task<> record(dedupe_key key) override {
    index.remember(key, rt.now());
    co_await sleep_for(rt, 10ms);
    if (broken) throw std::runtime_error{"disk full"};
    ++written;
  }
  runtime& rt;
  memory_dedupe_store index;
  bool broken = false;
  int written = 0;
};

task<> handle(runtime& rt, dedupe& once, duration takes, bool fails, std::string& diary) {
  auto c = co_await once.begin(order_7);
  if (!c.first()) {
    diary += 'd';
    co_return;
  }
  diary += 'f';
  co_await sleep_for(rt, takes);
  if (fails) throw std::runtime_error{"no stock"};
  co_await c.succeeded();
  diary += 's';
}

}  // namespace

TEST_CASE("a copy of a handled event is a duplicate, that of a failed one is new") {
  run([](runtime& rt) -> task<> {
    dedupe once{rt, {.window = 1min}};
    std::string diary;
    (void)co_await outcome(handle(rt, once, 1ms, true, diary));
    co_await handle(rt, once, 1ms, false, diary);
    co_await handle(rt, once, 1ms, false, diary);
    CHECK(diary == "ffsd");
    co_await sleep_for(rt, 1min);
    co_await handle(rt, once, 1ms, false, diary);
    CHECK(diary == "ffsdfs");
    CHECK(once.counts().first == 3);
    CHECK(once.counts().failed == 1);
    CHECK(once.counts().duplicates == 1);
    CHECK(once.in_progress() == 0);
  });
}

TEST_CASE("copies that come together wait for the first, and the next does it if that fails") {
  run([](runtime& rt) -> task<> {
    dedupe once{rt, {.window = 1min}};
    std::string diary;
    scope s{rt};
    const auto bad = s.spawn("bad", outcome(handle(rt, once, 10ms, true, diary)));
    s.spawn("good", handle(rt, once, 10ms, false, diary));
    s.spawn("copy", handle(rt, once, 10ms, false, diary));
    co_await sleep_for(rt, 5ms);
    CHECK(diary == "f");
    CHECK(once.try_begin(order_7)->answer() == dedupe_answer::in_progress);
    co_await s.join();
    CHECK(bad.get() == "no stock");
    CHECK(diary.size() == 4);
    CHECK(diary.starts_with("ff"));
    CHECK(once.counts().first == 2);
  });
}

TEST_CASE("a cancelled handler forgets, a cancelled copy just goes") {
  run([](runtime& rt) -> task<> {
    dedupe once{rt, {.window = 1min, .copies_max = 2}};
    std::string diary;
    scope s{rt};
    const auto first = s.spawn("first", handle(rt, once, 1h, false, diary));
    co_await yields(rt, 1);
    const auto copy = s.spawn("copy", handle(rt, once, 1ms, false, diary));
    s.spawn("last", handle(rt, once, 1ms, false, diary));
    co_await yields(rt, 2);
    const auto refused = co_await outcome(once.begin(order_7));
    CHECK(refused == "full");
    copy.cancel();
    first.cancel();
    co_await s.join();
    CHECK(diary == "ffs");
    CHECK(once.in_progress() == 0);
  });
}

TEST_CASE("copies wait until the record is durable; a record that fails is kept in this life") {
  run([](runtime& rt) -> task<> {
    slow_store store{rt, 1min};
    dedupe once{rt, {.window = 1min}, store};
    std::string diary;
    scope s{rt};
    s.spawn("first", handle(rt, once, 1ms, false, diary));
    co_await sleep_for(rt, 5ms);  // it is being written
    s.spawn("copy", handle(rt, once, 1ms, false, diary));
    co_await sleep_for(rt, 2ms);
    CHECK(diary == "f");
    co_await s.join();
    CHECK(diary.size() == 3);
    CHECK(store.written == 1);
    store.broken = true;
    co_await sleep_for(rt, 1min);
    const auto what = co_await outcome(handle(rt, once, 1ms, false, diary));
    CHECK(what == "disk full");
    store.broken = false;
    diary.clear();
    co_await handle(rt, once, 1ms, false, diary);
    CHECK(diary == "d");
  });
}

TEST_CASE("how many are at work is bounded") {
  sim::world w;
  dedupe once{w.rt(), {.window = 1min, .in_progress_max = 1}};
  auto first = once.try_begin(order_7);
  const dedupe_key other{"shop", "8"};
  CHECK(once.try_begin(other).error() == errc::full);
  first->failed();
  CHECK(once.try_begin(other)->first());
}
