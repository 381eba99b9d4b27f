#include <ensue/bus/bus.hpp>
#include <ensue/flow/schedule.hpp>
#include <ensue/flow/schedule_file.hpp>
#include <ensue/sim/disk.hpp>

#include <memory>
#include <set>
#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

struct beat {
  int n = 0;
};

schedule_options every(duration d, std::string id = "heart") {
  schedule_options o;
  o.when = timing::fixed_rate(d);
  o.id = std::move(id);
  return o;
}

const named_event due{"report.due", R"({"kind":"full"})"};

// A service whose schedules are on a disk, and what the world has seen of its ticks.
struct shop {
  struct life {
    explicit life(sim::host& h) : b{h.rt()} {}
    bus b;
    subscription listening;
    std::unique_ptr<schedule_file> file;
    std::unique_ptr<scheduler> clock;
  };

  explicit shop(schedule_options wanted) : options{std::move(wanted)} {
    w.host("shop", [this](sim::host& h) {
      disk.boot();
      auto l = std::make_shared<life>(h);
      now = l.get();
      h.keep(l);
      h.spawn_background("shop", serve(h.rt(), *l));
    });
  }
  ~shop() { w.end(); }
  sim::host& host() { return w.host("shop"); }
  void crash() {
    now = nullptr;
    host().crash();
    disk.lose_power();
  }

  task<> hear(uuid id, wall_time at) {
    seen.push_back(id);
    times.push_back(at);
    if (work > 0s) co_await sleep_for(host().rt(), work);
  }

  task<> serve(runtime& rt, life& l) {
    l.listening = l.b.subscribe("report.>", [this](const event_ref&, context& c) {
      return hear(c.event_id(), c.meta().time);
    });
    auto opened = co_await schedule_file::open(rt, disk, "s/shop.schedules");
    l.file = std::move(opened).value();
    l.clock = std::make_unique<scheduler>(l.b, scheduler_options{}, l.file.get());
    loaded.push_back((co_await l.clock->load()).value());
    if (declare) (void)(co_await l.clock->keep(options, due)).value();
    co_await l.clock->run();
  }

  schedule_options options;
  bool declare = true;
  duration work{};
  std::vector<uuid> seen;
  std::vector<wall_time> times;
  std::vector<std::size_t> loaded;
  sim::disk disk{7};
  life* now = nullptr;
  sim::world w;
};

}  // namespace

TEST_CASE("schedules have ids, are listed, found and cancelled") {
  sim::world w;
  bus b{w.rt()};
  int heard = 0;
  auto s = b.subscribe<beat>([&](const beat& e) { heard += e.n; });
  scheduler clock{b, {.schedules_max = 3}};
  CHECK(clock.add<beat>(every(10s, "b"), beat{1}).value() == "b");
  CHECK(clock.add<beat>(every(10s, "b"), beat{1}).error() == errc::exists);
  const std::string made = clock.add<beat>(every(20s, ""), beat{100}).value();
  CHECK(made.size() == 36);
  CHECK(clock.add<beat>({.when = timing::on(cron::parse("0 0 30 2 *").value())}, beat{}).error() ==
        errc::invalid);
  CHECK(clock.add<beat>(every(30s, "c"), beat{}).has_value());
  CHECK(clock.add<beat>(every(30s, "d"), beat{}).error() == errc::full);
  REQUIRE(clock.list().size() == 3);
  CHECK(clock.find("b")->when == "every PT10S");
  CHECK(clock.find("b")->next == w.rt().wall_now() + 10s);
  CHECK(!clock.find("z"));

  w.spawn_background("scheduler", clock.run());
  w.run_for(25s);
  CHECK(heard == 102);
  w.block_on([](scheduler& c, std::string id) -> task<> {
    CHECK(co_await c.cancel(id));
    CHECK((co_await c.cancel(id)).error() == errc::not_found);
  }(clock, made));
  w.run_for(20s);
  CHECK(heard == 104);
  CHECK(clock.find("b")->settled == 4);
  w.end();
}

TEST_CASE("a handler may cancel the schedule that called it, and make another") {
  sim::world w;
  bus b{w.rt()};
  scheduler clock{b};
  int heard = 0;
  auto s = b.subscribe<beat>(
      [&](const beat& e, context&) -> task<> {
        heard += e.n;
        CHECK(co_await clock.cancel("heart"));
        CHECK(clock.add<beat>(every(1s, "other"), beat{10}));
        const auto listed = clock.list();
        CHECK(listed.size() == 1);
      },
      {.once = true});
  auto t = b.subscribe<beat>([&](const beat& e) { heard += e.n; }, {.priority = -1});
  CHECK(clock.add<beat>(every(5s), beat{1}));
  w.spawn_background("scheduler", clock.run());
  w.run_for(6s + 500ms);
  CHECK(heard == 12);
  w.end();
}

TEST_CASE("it runs once at a time, and again after it was cancelled") {
  run([](runtime& rt) -> task<> {
    bus b{rt};
    scheduler clock{b};
    co_await with_scope(rt, [&](scope& s) -> task<> {
      auto first = s.spawn("first", clock.run());
      co_await sleep_for(rt, 1s);
      bool refused = false;
      try {
        co_await clock.run();
      } catch (const system_error& e) {
        refused = e.code() == errc::exists;
      }
      CHECK(refused);
      first.cancel();
      co_await sleep_for(rt, 1s);
      auto second = s.spawn("second", clock.run());
      co_await sleep_for(rt, 1s);
      second.cancel();
    });
  });
}

TEST_CASE("an event of a tick has the tick's id and time") {
  sim::world w;
  bus b{w.rt()};
  scheduler clock{b};
  const wall_time at = w.rt().wall_now() + 10s;
  int heard = 0;
  auto s = b.subscribe<beat>([&](const beat&, context& c) {
    ++heard;
    CHECK(c.event_id() == tick_id("heart", at));
    CHECK(c.meta().time == at);
    CHECK(c.meta().details().subject == "heart");
  });
  CHECK(clock.add<beat>(every(10s), beat{}));
  w.spawn_background("scheduler", clock.run());
  w.run_for(11s);
  CHECK(heard == 1);
  w.end();
}

TEST_CASE("a durable schedule needs an id, a store, and an event that can be made") {
  shop s{every(10s)};
  s.w.run_for(1s);
  auto keep = [&](schedule_options o, named_event e) {
    return s.w.block_on(s.now->clock->keep(std::move(o), std::move(e)));
  };
  CHECK(keep(every(1s, ""), due).error() == errc::invalid);
  CHECK(keep(every(1s, "x"), {"not a name", "{}"}).error() == errc::invalid);
  CHECK(keep(every(1s, "x"), {"report.due", "{"}).error() == errc::invalid);
  CHECK(s.now->clock->list().size() == 1);
  bus b{s.w.rt()};
  scheduler bare{b};
  CHECK(s.w.block_on(bare.keep(every(1s), due)).error() == errc::invalid);
}

TEST_CASE("durable schedules survive a loss of power and go on where they were") {
  shop s{every(10s)};
  s.w.run_for(25s);
  CHECK(s.seen.size() == 2);
  s.crash();
  s.w.run_for(2s);
  s.host().restart();
  s.w.run_for(8s);
  CHECK(s.loaded == std::vector<std::size_t>{0, 1});
  CHECK(s.seen.size() == 3);
  CHECK(s.times[2] - s.times[1] == 10s);  // the grid is the same
  CHECK(std::set<uuid>(s.seen.begin(), s.seen.end()).size() == 3);
}

TEST_CASE("ticks missed while the machine was down go by the policy") {
  for (const catch_up policy : {catch_up::skip, catch_up::once, catch_up::all}) {
    schedule_options o = every(10s);
    o.missed = policy;
    o.grace = 1s;
    shop s{o};
    s.w.run_for(15s);
    s.crash();
    s.w.run_for(40s);  // 20, 30, 40, 50 are missed
    s.host().restart();
    s.w.run_for(1s);
    const std::size_t caught = s.seen.size() - 1;
    CHECK(caught == (policy == catch_up::skip ? 0 : policy == catch_up::once ? 1 : 4));
    s.w.run_for(5s);
    CHECK(s.seen.size() == caught + 2);  // and 60
  }
}

TEST_CASE("a tick that a crash cut off comes again with the same id") {
  shop s{every(10s)};
  s.work = 3s;
  s.w.run_for(11s);
  REQUIRE(s.seen.size() == 1);
  s.crash();  // in the middle of its work
  s.host().restart();
  s.w.run_for(1s);
  REQUIRE(s.seen.size() == 2);
  CHECK(s.seen[0] == s.seen[1]);
  s.w.run_for(10s);
  CHECK(s.seen.size() == 3);
  CHECK(s.seen[2] != s.seen[1]);
}

TEST_CASE("declaring again what is kept changes nothing; declaring another begins anew") {
  shop s{every(10s)};
  s.w.run_for(25s);
  s.crash();
  s.options = every(7s);
  s.host().restart();
  s.w.run_for(8s);
  CHECK(s.seen.size() == 3);
  CHECK(s.now->clock->find("heart")->when == "every PT7S");
}

TEST_CASE("what is cancelled stays so after a restart") {
  shop s{every(10s)};
  s.w.run_for(15s);
  CHECK(s.w.block_on(s.now->clock->cancel("heart")));
  s.crash();
  s.declare = false;
  s.host().restart();
  s.w.run_for(1h);
  CHECK(s.seen.size() == 1);
  CHECK(s.loaded.back() == 0);
}

TEST_CASE("a durable one-shot is gone when it is done") {
  schedule_options o;
  o.id = "once";
  o.when = timing::after(10s);
  shop s{o};
  s.w.run_for(5s);
  s.crash();
  s.declare = false;
  s.w.run_for(1min);
  s.host().restart();
  s.w.run_for(1s);
  CHECK(s.seen.size() == 1);
  CHECK(s.now->clock->list().empty());
  s.crash();
  s.host().restart();
  s.w.run_for(1h);
  CHECK(s.seen.size() == 1);
}
