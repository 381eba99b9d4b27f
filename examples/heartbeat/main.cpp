// A pump that beats every five seconds, and a monitor that notices when it is silent. It runs in
// virtual time: two minutes pass at once. With a loop_runtime in place of the world it takes two.
#include <ensue/flow/schedule.hpp>
#include <ensue/sim/world.hpp>

#include <iostream>
#include <string>

using namespace std::chrono_literals;

struct heartbeat {
  std::string from;
};
struct silence {
  std::string of;
};

class monitor {
 public:
  monitor(ensue::bus& b, ensue::scheduler& clock, ensue::sim::world& w)
      : clock_{clock},
        world_{w},
        beats_{b.subscribe(this, &monitor::heard)},
        alarms_{b.subscribe(this, &monitor::alarm)} {}

 private:
  void say(const std::string& what) const {
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(world_.elapsed()).count();
    std::cout << at << " s: " << what << '\n';
  }

  void heard(const heartbeat& e) {
    say("heartbeat of the " + e.from);
    const std::string id = "silence of the " + e.from;
    (void)clock_.cancel(id);  // acts at once; there is no store to wait for
    (void)clock_.add<silence>({.when = ensue::timing::after(12s), .id = id}, silence{e.from});
  }

  void alarm(const silence& e) { say("the " + e.of + " is SILENT"); }

  ensue::scheduler& clock_;
  ensue::sim::world& world_;
  ensue::subscription beats_, alarms_;
};

int main() {
  ensue::sim::world w;
  ensue::bus bus{w.rt()};
  ensue::scheduler clock{bus};
  const monitor watching{bus, clock, w};
  w.spawn_background("schedules", clock.run());

  const auto start_pump = [&] {
    (void)clock.add<heartbeat>({.when = ensue::timing::fixed_rate(5s), .id = "pump"},
                               heartbeat{"pump"});
  };
  start_pump();
  w.run_for(17s);
  std::cout << "-- the pump stops --\n";
  (void)clock.cancel("pump");
  w.run_for(43s);
  std::cout << "-- the pump is back, by the minute --\n";
  const auto by_the_minute = ensue::cron::parse("* * * * *").value();
  (void)clock.add<heartbeat>({.when = ensue::timing::on(by_the_minute), .id = "pump"},
                             heartbeat{"pump"});
  w.run_for(1min);
  w.end();
}
