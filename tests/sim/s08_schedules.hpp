#pragma once

#include <ensue/async/scope.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/flow/schedule.hpp>
#include <ensue/sim/world.hpp>

#include <map>
#include <string>
#include <string_view>

// S-08: a fixed rate over a virtual year. Its runner is stopped and started again, the handler
// takes its time, the wall clock is set. No tick is early, off the grid, late while the runner
// runs, or twice; overlap::skip keeps to one at a time; every tick of the grid is accounted for.
//
// Planted bugs: "drift" waits a period from the end of the work, "greedy" allows overlap and says
// it does not, "wall" goes by the wall clock.
namespace ensue::scenarios {

struct s08_tick {
  wall_time due{};
};

struct s08_year {
  s08_year(sim::world& in, std::string_view bug)
      : w{in}, draw{w.random("s08")}, clock{b}, origin{w.rt().wall_now()}, began{w.elapsed()} {
    using namespace std::chrono_literals;
    schedule_options o;
    o.id = "quarterly";
    o.when = timing::fixed_rate(period);
    if (bug == "drift") o.when = timing::fixed_delay(period);
    if (bug == "wall") o.when = timing::on(cron::parse("0 */6 * * *").value());
    o.missed = static_cast<catch_up>(draw.below(3));
    o.missed_max = 1 + draw.below(50);
    one_at_a_time = draw.chance(500);
    o.busy = one_at_a_time && bug != "greedy" ? overlap::skip : overlap::allow;
    // What is caught up all at once may fill the places of those that come in time.
    prompt = o.missed != catch_up::all || o.busy == overlap::skip;
    work_max = draw.below(10) * 1h;
    listening =
        b.subscribe<s08_tick>([this](const s08_tick& t) { return hear(t); }, {.concurrency = 1000});
    const auto added = clock.add<s08_tick>(o, [](const tick& t) { return s08_tick{t.due}; });
    w.require(added.has_value(), "the schedule was refused");
  }
  s08_year(const s08_year&) = delete;
  s08_year& operator=(const s08_year&) = delete;
  ~s08_year() { w.end(); }

  void run() {
    using namespace std::chrono_literals;
    w.spawn_background("operator", operate());
    for (int day = 0; day < 364; ++day) {
      w.run_for(24h);
      w.require(fault.empty(), fault);
    }
    steady = true;  // the operator lets the last run go on
    w.run_for(60 * 24h + period / 2);
    w.require(fault.empty(), fault);
    const auto ticks = static_cast<std::uint64_t>((w.elapsed() - began) / period);
    const schedule_info now = clock.find("quarterly").value();
    const std::uint64_t known =
        now.settled + now.failed + now.unsettled + now.missed + now.overlapped;
    w.require(known == ticks, "of " + std::to_string(ticks) + " ticks " + std::to_string(known) +
                                  " are accounted for");
    w.require(now.failed == 0 && handled > 0, "ticks failed");
  }

  static constexpr duration period = std::chrono::hours{6};

  // What a handler throws stays in the bus, so the first fault is kept for `run`.
  void check(bool holds, const char* otherwise) {
    if (!holds && fault.empty()) fault = otherwise;
  }

  task<> hear(s08_tick t) {
    const duration at = w.elapsed() - began;
    const duration due = t.due - origin;
    const unsigned mine = life;
    check(due % period == duration{}, "a tick is off the grid: the schedule drifts");
    check(at >= due, "a tick is early");
    check(!prompt || due <= started || at - due < std::chrono::minutes{1}, "a tick is late");
    const auto [seen, fresh] = last_life.try_emplace(t.due, mine);
    check(fresh || seen->second < mine, "a tick came twice");
    seen->second = mine;
    check(++at_work[mine] == 1 || !one_at_a_time, "two ticks at once");
    co_await sleep_for(w.rt(), draw.below(2) * work_max);
    --at_work[mine];
    ++handled;
  }

  task<> operate() {
    while (!steady) {
      ++life;
      started = w.elapsed() - began;
      const duration on = std::chrono::hours{draw.below(1000)};
      const duration off = std::chrono::hours{draw.below(100)};
      const auto part = [this, on](scope& s) { return stint(s, on); };
      co_await with_scope(w.rt(), part);
      co_await sleep_for(w.rt(), off);
      w.host("main").jump_wall_clock(std::chrono::minutes{draw.below(600)} -
                                     std::chrono::minutes{300});
    }
    ++life;
    started = w.elapsed() - began;
    co_await clock.run();
  }

  task<> stint(scope& s, duration on) {
    auto running = s.spawn("scheduler", clock.run());
    co_await sleep_for(w.rt(), on);
    running.cancel();
  }

  sim::world& w;
  random_stream draw;
  bus b{w.rt()};
  scheduler clock;
  wall_time origin;
  duration began;
  subscription listening;
  duration work_max{}, started{};
  bool one_at_a_time = false, prompt = false, steady = false;
  std::string fault;
  unsigned life = 0;
  std::uint64_t handled = 0;
  std::map<wall_time, unsigned> last_life;  // of each tick
  std::map<unsigned, int> at_work;          // by life
};

inline void run_s08(sim::world& w, std::string_view bug) {
  s08_year year{w, bug};
  year.run();
}

}  // namespace ensue::scenarios
