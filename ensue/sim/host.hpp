#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/sim/disk.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ensue::sim {

class host_runtime;
class world;

/// A machine of the world that may crash and boot again. Owned by the world.
///
/// A crash kills the process: every coroutine of this life is destroyed where it stands, then what
/// it kept; nothing it still does gets out, and what it wrote to the disk stays. The next life has
/// a runtime of its own, with other random streams and ids. Inside a step (also one of its own) a
/// crash takes effect when the step ends; the host counts as down at once.
class host {
 public:
  using boot_function = std::function<void(host&)>;

  host(world& in, std::string name, boot_function boot);
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  const std::string& name() const noexcept { return name_; }
  /// The runtime of this life; after a crash, until the next boot, a dead one that does nothing.
  runtime& rt() const noexcept;
  bool up() const noexcept;
  unsigned lives() const noexcept { return lives_; }

  /// As world::spawn, on this host. A crash ends the task; it is not missed then.
  void spawn(std::string_view name, task<> t);
  void spawn_background(std::string_view name, task<> t);
  /// Destroyed with this life, after its coroutines, the last one kept first.
  void keep(std::shared_ptr<void> state);

  /// Runs `f` as a step of this life at `when`; destroyed unrun if the life ends before. Equal
  /// strands (0: none; the top 256 are the simulator's) keep their order at equal times.
  void call_at(time_point when, std::uint32_t strand, std::function<void()> f);

  /// The disk of this machine, for all its lives.
  sim::disk& disk() noexcept { return disk_; }

  void crash();
  /// A crash that also loses what was not synced, as far as the draw says; see sim::disk.
  void power_cut();
  /// Boots again; nothing if the host is up.
  void restart();
  /// Nothing of this life runs for so long: the process is stopped, its timers fire late. Called
  /// again: the later call counts. Zero: it goes on.
  void pause(duration how_long);
  /// Sets this machine's calendar clock forward or back, for all its lives; timers do not notice.
  void jump_wall_clock(duration by);

 private:
  friend class world;
  void boot();
  void die(const char* how);

  world& world_;
  std::string name_;
  boot_function boot_;
  sim::disk disk_;
  host_runtime* life_ = nullptr;
  unsigned lives_ = 0;
  duration wall_offset_{};
};

}  // namespace ensue::sim
