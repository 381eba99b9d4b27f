#include <ensue/testing/simulation.hpp>

#include <algorithm>

namespace ensue::testing {

simulation::simulation(run_options options)
    : options_{std::move(options)}, world_{machine(options_)}, sites_{options_.seed} {
  if (options_.keep_trace > 0) world_.history().keep(options_.keep_trace);
  sites_.stop();
  const sim::options& o = world_.setting();
  if (o.timer_grid > duration::zero()) filter_.admit("grid");
  if (o.stall_permille > 0) filter_.admit("stalls");
  if (o.step_time > duration::zero()) filter_.admit("step_time");
}

sim::options simulation::machine(const run_options& o) {
  sim::options machine = sim::options::swarm(o.seed);
  if (!o.edits) return machine;
  if (!o.edits->faults.contains("grid")) machine.timer_grid = duration::zero();
  if (!o.edits->faults.contains("stalls")) machine.stall_permille = 0;
  if (!o.edits->faults.contains("step_time")) machine.step_time = duration::zero();
  return machine;
}

app_options simulation::sealed_options() {
  app_options o;
  o.environment.emplace();
  return o;
}

task<> simulation::serve(app& a) { (void)co_await a.serve(); }

sim::host& simulation::boot_host(std::string_view name, std::function<void(service&)> boot) {
  for (sim::host* known : machines_)
    if (known->name() == name) return *known;
  ++hosts_;
  machines_.push_back(&world_.host(name, [this, boot = std::move(boot)](sim::host& h) {
    if (const auto d = disks_.find(h.name()); d != disks_.end()) {
      d->second.crash();  // whoever used it before is gone
      d->second.boot();
    }
    auto s = std::make_shared<service>(*this, h);
    service& life = *s;
    h.keep(std::move(s));
    if (boot) boot(life);
    life.start_components();
  }));
  return *machines_.back();
}

task<> simulation::run_client(service& s, const std::function<task<>(service&)>& f,
                              std::size_t& left) {
  co_await f(s);
  --left;
}

sim::host& simulation::add_client(std::string_view name, std::function<task<>(service&)> f) {
  ++clients_left_;
  return boot_host(name, [this, f = std::move(f)](service& s) {
    s.spawn("client", run_client(s, f, clients_left_));
  });
}

void simulation::chaos(const testing::chaos& worst) {
  drawn_ = draw(worst, world_.random("chaos"));
  chaos_for_ = worst.during;
}

sim::disk& simulation::disk(std::string_view host) {
  const auto known = disks_.find(host);
  if (known != disks_.end()) return known->second;
  const std::string name{host};
  sim::disk& made = disks_.try_emplace(name, world_.random("disk of " + name)).first->second;
  on_power_cut(name, [&made] { made.lose_power(); });
  on_disk_fault(name, [&made](bool failing) {
    made.set_faults(failing ? sim::disk_faults{.write = 100, .sync = 100, .other = 20}
                            : sim::disk_faults{});
  });
  return made;
}

void simulation::on_power_cut(std::string_view host, std::function<void()> f) {
  power_.push_back({std::string{host}, [f = std::move(f)](bool) { f(); }});
}

void simulation::on_disk_fault(std::string_view host, std::function<void(bool)> f) {
  disk_.push_back({std::string{host}, std::move(f)});
}

std::uint64_t simulation::size(std::string_view name, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = least + world_.random(name).below(most - least + 1);
  if (options_.edits) {
    const auto given = options_.edits->sizes.find(name);
    if (given != options_.edits->sizes.end()) value = std::clamp(given->second, least, value);
  }
  sizes_.emplace_back(name, value);
  return value;
}

void simulation::fail(const promise& p, const std::string& why, std::string_view kind) {
  std::string what{kind};
  what.append(" \"").append(p.name).append("\" does not hold");
  if (!why.empty()) what.append(": ").append(why);
  try {
    world_.require(false, what);
  } catch (const sim::failure& f) {
    throw broken_promise{p.name, f.what()};
  }
  ENSUE_ASSERT(false, "require(false) returned");
  std::abort();
}

void simulation::require(bool holds, std::string_view name) {
  if (!holds) fail({std::string{name}, {}, {}}, {}, "required:");
}

void simulation::check_always() {
  for (const promise& p : always_) {
    std::string why;
    if (!p.holds(why)) fail(p, why, "always");
  }
}

void simulation::run() {
  ran_ = true;
  if (!always_.empty()) world_.after_each_step([this] { check_always(); });
  try {
    run_chaos();
    heal();
    settle();
  } catch (...) {
    world_.end();
    throw;
  }
  world_.end();
}

std::string simulation::text() const {
  std::string out = world_.setting().text();
  if (!options_.planted.empty()) out += ", with the bug \"" + options_.planted + "\" planted";
  for (const auto& [name, value] : sizes_) out += ", " + name + "=" + std::to_string(value);
  if (chaos_for_ > duration::zero())
    out += "\nchaos for " + sim::text(chaos_for_) + ": " + drawn_.text();
  if (options_.edits) out += "\nonly: " + options_.edits->text();
  return out;
}

}  // namespace ensue::testing
