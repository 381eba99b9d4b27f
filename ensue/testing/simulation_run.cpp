// The two phases of a simulated run.
#include <ensue/testing/simulation.hpp>

#include <algorithm>
#include <tuple>

namespace ensue::testing {

void simulation::run_chaos() {
  if (chaos_for_ == duration::zero()) return network_.set(drawn_);
  if (!filter_.admit("delay")) drawn_.delay.max = drawn_.delay.min;
  network_.set(drawn_);
  if (drawn_.buggify) {
    sites_.resume();
    sites_.admit = [this](std::string_view place) {
      return filter_.admit("buggify", place, ++buggified_);
    };
  }
  world_.set_faults(&sites_);
  std::vector<moment> moments;
  for (const planned_fault& f : drawn_.faults) {
    if (!filter_.allows(f.id())) continue;
    moments.push_back({f.at, &f, true});
    if (f.kind != fault_kind::clock) moments.push_back({f.at + f.length, &f, false});
  }
  // Ties in the order of the plan: all faults stand in one vector.
  std::sort(moments.begin(), moments.end(), [](const moment& a, const moment& b) {
    return std::tuple{a.at, a.fault, !a.begins} < std::tuple{b.at, b.fault, !b.begins};
  });
  const duration began = world_.elapsed();
  for (const moment& m : moments) {
    if (m.at > chaos_for_) break;
    world_.run_for(began + m.at - world_.elapsed());
    act(*m.fault, m.begins);
  }
  world_.run_for(began + chaos_for_ - world_.elapsed());
}

void simulation::act(const planned_fault& f, bool begins) {
  const auto at = std::find_if(machines_.begin(), machines_.end(),
                               [&](const sim::host* h) { return h->name() == f.host; });
  ENSUE_ASSERT(at != machines_.end(), "chaos names a host that there is not");
  sim::host& h = **at;
  if (begins) filter_.admit(f.id());
  switch (f.kind) {
    case fault_kind::crash: return begins ? h.crash() : h.restart();
    case fault_kind::power:
      if (!begins) return h.restart();
      h.crash();
      for (const hook& p : power_)
        if (p.host == f.host) p.act(true);
      return;
    case fault_kind::pause: return begins ? h.pause(f.length) : void();
    case fault_kind::partition: return network_.isolate(h, begins);
    case fault_kind::clock: return h.jump_wall_clock(f.length);
    case fault_kind::disk:
      for (const hook& d : disk_)
        if (d.host == f.host) d.act(begins);
      return;
  }
}

void simulation::heal() {
  healing_ = true;
  world_.note("heal");
  network_.heal();
  sites_.stop();
  for (const hook& d : disk_) d.act(false);
  for (sim::host* h : machines_) {
    h->pause(duration::zero());
    h->restart();
  }
}

void simulation::settle() {
  if (clients_left_ > 0 && !world_.run_until([this] { return clients_left_ == 0; }, settle_max))
    fail({"every client ends", {}, {}}, {}, "eventually");
  const duration healed = world_.elapsed();
  for (const promise& p : eventually_) {
    std::string why;
    const duration left = p.within - (world_.elapsed() - healed);
    const bool holds = world_.run_until([&] { return p.holds(why); }, left);
    if (!holds && !p.holds(why)) fail(p, why, "eventually");
  }
  // What is safe must also hold where no step was taken.
  check_always();
}

}  // namespace ensue::testing
