#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/sim/executor.hpp>
#include <ensue/sim/schedule.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ensue::sim {

class world;

/// The simulated runtime: one life of one machine. All hosts of a world share its time line and
/// its scheduler. Made by `world` only.
///
/// When it dies, everything that ran on it is destroyed where it stood, and what is left of it
/// elsewhere (executors, references) does nothing any more.
class host final : public runtime {
 public:
  host(world& in, std::string name, std::uint32_t id, std::uint64_t seed);
  ~host() override;

  const std::string& name() const noexcept { return name_; }
  std::uint32_t id() const noexcept { return id_; }
  bool alive() const noexcept { return alive_; }
  world& in() const noexcept { return world_; }

  boost::asio::any_io_executor executor() const override;
  time_point now() const noexcept override;
  wall_time wall_now() const noexcept override;
  void schedule(work& w) override;
  void arm(timer_entry& t, time_point when) override;
  /// As in life this is a step of its own, a little later.
  void run_on_loop(std::function<void()> f) override;
  void wake() noexcept override;
  void add_poller(poller& p) override;
  void remove_poller(poller& p) noexcept override;
  bool barrier_on_sleep() const noexcept override { return true; }
  /// Runs the job inline, as a step at a later drawn time, and `done` as a step after it.
  [[nodiscard]] bool offload(std::unique_ptr<offload_job>& job) override;

  /// Sets this machine's calendar clock forward or back; timers do not notice.
  void jump_wall_clock(duration by) noexcept { wall_offset_ += by; }

 private:
  friend class world;
  friend class executor;
  class offloaded;

  void post(std::unique_ptr<posted> p);
  void die();
  time_point next_timer() const noexcept { return timers_.next(); }
  void fire_due(time_point now);
  void look_at_pollers();

  world& world_;
  std::string name_;
  std::uint32_t id_;
  bool alive_ = true;
  duration wall_offset_{};
  random_stream handover_draw_;
  random_stream offload_draw_;
  std::size_t offloaded_ = 0;
  std::vector<poller*> pollers_;
  class poll_work : public work {
   public:
    explicit poll_work(host& of);
    host& of_;
  };
  poll_work poll_;
  owned_list owned_;
};

}  // namespace ensue::sim
