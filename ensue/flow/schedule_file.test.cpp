#include <ensue/flow/schedule_file.hpp>
#include <ensue/sim/disk.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

kept_schedule nightly() {
  kept_schedule s;
  s.id = "nightly";
  s.name = "the nightly report \"é\"";
  s.when = "cron TZ=Europe/Berlin 0 3 * * *";
  s.missed = catch_up::all;
  s.missed_max = 7;
  s.grace = 1min;
  s.busy = overlap::skip;
  s.event = "report.due";
  s.json = R"({"kind":"full"})";
  s.version = 2;
  s.due = wall_time{1'767'225'600s + 1ns};
  return s;
}

task<std::unique_ptr<schedule_file>> open(runtime& rt, disk& d) {
  auto opened = co_await schedule_file::open(rt, d, "s/shop.schedules");
  co_return std::move(opened).value();
}

}  // namespace

TEST_CASE("what was saved is there after a loss of power, what was removed is not") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto file = co_await open(rt, d);
    CHECK(file->report().created);
    const kept_schedule first = nightly();
    kept_schedule second = nightly();
    second.id = "hourly";
    (co_await file->save(first)).value();
    (co_await file->save(second)).value();
    second.due += 1h;
    (co_await file->save(second)).value();
    (co_await file->remove("nightly")).value();
    file.reset();
    d.lose_power();
    d.boot();
    file = co_await open(rt, d);
    const auto all = co_await file->load();
    REQUIRE(all.value().size() == 1);
    CHECK(all->front() == second);
  });
}

TEST_CASE("the file does not grow with the ticks") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto file = co_await open(rt, d);
    kept_schedule s = nightly();
    for (int n = 0; n < 2000; ++n) {
      s.due += 24h;
      (co_await file->save(s)).value();
    }
    CHECK(file->file_bytes() < 70'000);
    file.reset();
    file = co_await open(rt, d);
    const auto all = co_await file->load();
    REQUIRE(all.value().size() == 1);
    CHECK(all->front() == s);
  });
}

TEST_CASE("a file with a record of another kind is refused, with the place") {
  run([](runtime& rt) -> task<> {
    for (const char* record :
         {"{}", "no json", R"({"save":{"id":7}})", R"({"save":null,"remove":null})"}) {
      sim::disk d{1};
      journal_options o;
      o.kind = "schedules/1";
      const journal::replay none = [](std::string_view, std::uint64_t) { return result<>{}; };
      auto raw = co_await journal::open(rt, d, "s/shop.schedules", o, none);
      std::string bytes = record;
      (co_await raw.value()->append(std::move(bytes))).value();
      (co_await raw.value()->close()).value();
      raw.value().reset();
      const auto opened = co_await schedule_file::open(rt, d, "s/shop.schedules");
      REQUIRE(opened.has_error());
      CHECK(opened.error().text().find("s/shop.schedules") != std::string::npos);
    }
  });
}
