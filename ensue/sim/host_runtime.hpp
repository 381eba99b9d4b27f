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

/// The simulated runtime: one life of one host. All hosts of a world share its time line and its
/// scheduler. Made by `world` only.
///
/// When it dies, everything that ran on it is destroyed where it stood, and what is left of it
/// elsewhere (executors, references) does nothing any more.
class host_runtime final : public runtime {
 public:
  host_runtime(world& in, std::string name, std::uint32_t id, std::uint64_t seed);
  ~host_runtime() override;

  const std::string& name() const noexcept { return name_; }
  std::uint32_t id() const noexcept { return id_; }
  bool alive() const noexcept { return alive_; }
  void set_turn_time(time_point now) noexcept { turn_time_ = now; }
  world& in() const noexcept { return world_; }
  const char* label() const noexcept { return running_; }

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

  void call_at(time_point when, std::uint32_t strand, std::function<void()> f);
  void jump_wall_clock(duration by) noexcept { wall_offset_ += by; }
  void keep(std::shared_ptr<void> state) { kept_.push_back(std::move(state)); }
  void post(std::unique_ptr<posted> p);
  time_point next_timer() const noexcept { return timers_.next(); }
  void fire_due(time_point now);

  /// From now on nothing is taken on any more.
  void cut_power() noexcept { alive_ = false; }
  /// Destroys all that is left. Never inside a step: it might be of ours.
  void bury();

 private:
  class offloaded;
  class later;
  class poll_work : public work {
   public:
    explicit poll_work(host_runtime& of);
    host_runtime& of_;
  };

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
  poll_work poll_;
  std::vector<std::shared_ptr<void>> kept_;
  owned_list owned_;
};

}  // namespace ensue::sim
