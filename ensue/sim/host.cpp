#include <ensue/sim/host.hpp>
#include <ensue/sim/world.hpp>

#include <utility>

namespace ensue::sim {

host::host(world& in, std::string name, boot_function boot)
    : world_{in},
      name_{std::move(name)},
      boot_{std::move(boot)},
      disk_{in.random("sim.disk " + name_)} {}

runtime& host::rt() const noexcept { return *life_; }
bool host::up() const noexcept { return life_->alive(); }

void host::boot() {
  ++lives_;
  life_ = &world_.start_life(name_, lives_);
  life_->jump_wall_clock(wall_offset_);
  disk_.boot();
  if (boot_) boot_(*this);
}

void host::spawn(std::string_view name, task<> t) {
  world_.start_task(*life_, name, std::move(t), true);
}

void host::spawn_background(std::string_view name, task<> t) {
  world_.start_task(*life_, name, std::move(t), false);
}

void host::keep(std::shared_ptr<void> state) { life_->keep(std::move(state)); }

void host::crash() {
  if (!up()) return;
  disk_.crash();
  die("crash ");
}

void host::power_cut() {
  if (!up()) return;
  disk_.lose_power();
  die("power cut ");
}

void host::die(const char* how) {
  world_.note(how + name_, lives_);
  life_->cut_power();
  world_.after_step([&life = *life_] { life.bury(); });
}

void host::restart() {
  world_.after_step([this] {
    if (up()) return;
    world_.note("restart " + name_, lives_);
    boot();
  });
}

void host::pause(duration how_long) {
  if (!up()) return;
  if (how_long > duration::zero())
    world_.note("pause " + name_, static_cast<std::uint64_t>(how_long.count()));
  world_.schedule_.pause(life_->id(), world_.now() + how_long);
}

void host::call_at(time_point when, std::uint32_t strand, std::function<void()> f) {
  if (up()) life_->call_at(when, strand, std::move(f));
}

void host::jump_wall_clock(duration by) {
  wall_offset_ += by;
  life_->jump_wall_clock(by);
}

}  // namespace ensue::sim
