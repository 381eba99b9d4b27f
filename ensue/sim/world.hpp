#pragma once

#include <ensue/async/task.hpp>
#include <ensue/sim/host.hpp>
#include <ensue/sim/host_runtime.hpp>
#include <ensue/sim/options.hpp>
#include <ensue/sim/schedule.hpp>
#include <ensue/sim/trace.hpp>

#include <boost/asio/io_context.hpp>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ensue::sim {

/// The simulated run cannot go on: a deadlock, a livelock, real I/O inside. `what()` is the
/// report: what happened when, the options, and what each task waits for.
class failure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A simulated world: hosts whose coroutines run on one thread in an order drawn from a seed, and
/// time that jumps to the next timer when nothing is ready. Nothing in it sleeps.
///
///     sim::world w{{.seed = 7}};
///     const int n = w.block_on(count_orders(w.rt()));
///
/// Errors: the run functions throw `failure`, or what a spawned task threw.
/// Threads: one; worlds on several threads do not know of each other.
class world {
 public:
  world() : world{options{}} {}
  explicit world(std::uint64_t seed) : world{options{.seed = seed}} {}
  explicit world(const options& o);
  world(const world&) = delete;
  world& operator=(const world&) = delete;
  ~world() { end(); }
  /// Destroys every coroutine where it stands; nothing happens here any more. The destructor does
  /// it too: call it when what the coroutines refer to dies before the world.
  void end();

  /// The runtime of the first host, "main".
  runtime& rt() noexcept { return hosts_.front()->rt(); }
  /// The host of that name; made and booted now if there is none. `boot` runs for every life.
  sim::host& host(std::string_view name, sim::host::boot_function boot = {});
  time_point now() const noexcept { return now_; }
  duration elapsed() const noexcept { return now_ - start; }

  /// Starts `t` on "main"; it must have ended when the world comes to rest.
  void spawn(std::string_view name, task<> t) { hosts_.front()->spawn(name, std::move(t)); }
  /// Starts `t` on "main"; it may wait for ever.
  void spawn_background(std::string_view name, task<> t) {
    hosts_.front()->spawn_background(name, std::move(t));
  }

  /// Runs until nothing is ready and no timer is armed.
  void run();
  /// Runs all that happens within `d`; `d` later than before on return.
  void run_for(duration d);
  /// Runs until `condition` holds (asked after each step); false if it does not `within` that time.
  bool run_until(const std::function<bool()>& condition, duration within = std::chrono::hours{1});
  /// Runs `t` to its end, however much else is going on; its result, or throws what it threw.
  void block_on(task<> t);
  template <class T>
  T block_on(task<T> t);

  /// Called after each step, between two of them; may throw, which ends the run. One at a time.
  void after_each_step(std::function<void()> f) { watch_ = std::move(f); }
  /// Gives every life of every host, also later ones, its fault sites. Outlives the coroutines.
  void set_faults(fault_source* source) noexcept;

  /// A stream of its own for the test, fixed by the seed.
  random_stream random(std::string_view name) const noexcept { return {~options_.seed, name}; }
  /// Ends the run with a `failure` that says `what`, unless `holds`.
  void require(bool holds, std::string_view what) const;
  /// Folds something the run decided into its hash.
  void note(std::string_view what, std::uint64_t value = 0);
  std::uint64_t hash() const noexcept { return trace_.hash(); }
  sim::trace& history() noexcept { return trace_; }
  std::uint64_t steps() const noexcept { return steps_; }
  const options& setting() const noexcept { return options_; }
  /// Host, task and time of the step that runs now.
  std::string place() const;

 private:
  friend class sim::host;
  friend class host_runtime;
  friend class executor;
  static constexpr time_point start{std::chrono::hours{1}};  // so that one may look back a while
  enum class pause : std::uint8_t { rest, time, condition };

  struct spawned {
    std::string name;
    host_runtime* on;
    bool must_end;
    bool ended = false;
    std::exception_ptr error{};
  };

  host_runtime& start_life(const std::string& name, unsigned life);
  spawned& start_task(host_runtime& on, std::string_view name, task<> t, bool must_end);
  void finish(spawned& s, std::exception_ptr e) noexcept;
  void forget_tasks(const host_runtime& of) noexcept;
  /// At once when no step is running.
  void after_step(std::function<void()> f);
  bool in_step() const noexcept { return current_ != nullptr; }

  template <class Condition>
  pause advance(time_point until, const Condition& condition);
  void step(const schedule::taken& next);
  void run_step(host_runtime& on, work& w);
  void after_step_functions();
  time_point next_event() const noexcept;
  void fire_due();
  void look_for_real_io();
  void require_ended();
  [[noreturn]] void fail(const std::string& what) const;
  std::string waits() const;
  void throw_error();
  time_point on_grid(time_point when) const noexcept;
  void move_clock(time_point to) noexcept;
  boost::asio::io_context& services() noexcept { return services_; }

  options options_;
  schedule schedule_;
  sim::trace trace_;
  time_point now_ = start;
  std::uint64_t steps_ = 0;
  host_runtime* current_ = nullptr;
  std::vector<std::function<void()>> after_step_;
  std::function<void()> watch_;
  fault_source* faults_ = nullptr;
  std::deque<spawned> spawned_;
  spawned* failed_ = nullptr;
  std::vector<std::unique_ptr<host_runtime>>
      lives_;  // by id; the dead stay: someone may refer to them
  std::vector<host_runtime*> live_;
  std::deque<std::unique_ptr<sim::host>> hosts_;
  // Only a registry of Asio's services, never run. Destroyed first: what is suspended in an Asio
  // object unwinds through the hosts.
  boost::asio::io_context services_{1};
};

template <class T>
T world::block_on(task<T> t) {
  const auto value = std::make_shared<std::optional<T>>();
  // `value` is shared with the frame, which outlives this call when the run fails.
  block_on([](task<T> inner, std::shared_ptr<std::optional<T>> out) -> task<> {
    out->emplace(co_await std::move(inner));
  }(std::move(t), value));
  require(value->has_value(), "the host crashed before block_on had its result");
  return std::move(**value);
}

}  // namespace ensue::sim
