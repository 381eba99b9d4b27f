#include <ensue/async/sleep.hpp>
#include <ensue/reliability/dedupe_file.hpp>
#include <ensue/sim/disk.hpp>
#include <ensue/sim/explore.hpp>

#include <boost/system/errc.hpp>

#include <string>
#include <tests/async_cases.hpp>
#include <utility>

using namespace ensue;
using namespace ensue::cases;

namespace {

dedupe_policy for_an_hour(std::size_t entries = 1000) {
  dedupe_policy p;
  p.window = 1h;
  p.entries_max = entries;
  return p;
}

task<std::unique_ptr<dedupe_file>> open(runtime& rt, disk& d, dedupe_policy p = for_an_hour()) {
  auto opened = co_await dedupe_file::open(rt, d, "seen", p);
  co_return std::move(opened.value());
}

task<> record(dedupe_file& s, int n) {
  const std::string id = std::to_string(n);
  const dedupe_key key{"shop", id};
  co_await s.record(key);
}

bool seen(dedupe_file& s, int n) { return s.seen({"shop", std::to_string(n)}); }

}  // namespace

TEST_CASE("what was recorded is seen, in this life and the next, for a window") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto s = co_await open(rt, d);
    CHECK_FALSE(seen(*s, 1));
    co_await record(*s, 1);
    co_await sleep_for(rt, 30min);
    co_await record(*s, 2);
    co_await record(*s, 2);
    CHECK(seen(*s, 1));
    CHECK(s->size() == 2);
    CHECK_FALSE(s->seen({"till", "1"}));
    CHECK_FALSE(s->seen({"sho", "p1"}));
    (co_await s->close()).value();
    s = co_await open(rt, d);
    CHECK(seen(*s, 1));
    co_await sleep_for(rt, 31min);
    CHECK_FALSE(seen(*s, 1));
    CHECK(seen(*s, 2));
    (co_await s->close()).value();
    s = co_await open(rt, d);
    CHECK(s->size() == 1);
  });
}

TEST_CASE("the oldest goes first, and is counted when a copy might still come") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const auto s = co_await open(rt, d, for_an_hour(3));
    for (int i = 0; i < 5; ++i) co_await record(*s, i);
    CHECK(s->size() == 3);
    CHECK(s->evicted_early() == 2);
    CHECK_FALSE(seen(*s, 1));
    CHECK(seen(*s, 2));
  });
}

TEST_CASE("the file stays small") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const auto s = co_await open(rt, d, for_an_hour(10));
    for (int i = 0; i < 1000; ++i) co_await record(*s, i);
    CHECK(d.content("seen").size() < 20'000);
    (co_await s->close()).value();
    const auto again = co_await open(rt, d, for_an_hour(10));
    CHECK(again->size() == 10);
    CHECK(seen(*again, 999));
  });
}

TEST_CASE("a key that cannot be written, and a disk that fails, throw; the effect has happened") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const auto s = co_await open(rt, d);
    const std::string bad = "\xff", longer(5000, 'x');
    const dedupe_key no_text{"shop", bad}, too_long{"shop", longer};
    CHECK(co_await outcome(s->record(no_text)) == make_error_code(errc::invalid).message());
    CHECK(co_await outcome(s->record(too_long)) == make_error_code(errc::invalid).message());
    CHECK(s->seen(no_text));
    CHECK(s->seen(too_long));
    d.fail_call(1, make_error_code(boost::system::errc::no_space_on_device));
    CHECK(co_await outcome(record(*s, 1)) == "No space left on device");
    CHECK(seen(*s, 1));
  });
}

TEST_CASE("whatever happens to the machine: what was recorded is seen") {
  sim::for_each_seed(300, [](sim::world& w) {
    int recorded = 0, lost = 0;
    sim::host& h = w.host("store", [&](sim::host& me) {
      me.spawn_background("serve", [](sim::host& on, int& done, int& missing) -> task<> {
        const auto s = co_await open(on.rt(), on.disk(), for_an_hour(100'000));
        for (int i = 1; i <= done; ++i) missing += !seen(*s, i);
        for (;;) {
          co_await record(*s, done + 1);
          ++done;
        }
      }(me, recorded, lost));
    });
    random_stream draw = w.random("cuts");
    for (int i = 0; i < 4; ++i) {
      w.run_for(duration{static_cast<std::int64_t>(draw.below(30'000'000))});
      h.power_cut();
      h.restart();
    }
    const int before = recorded;
    w.require(w.run_until([&] { return recorded > before; }), "does not come back");
    w.require(lost == 0, std::to_string(lost) + " are forgotten");
    w.end();
  });
}
