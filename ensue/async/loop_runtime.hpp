#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/async/watchdog.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace ensue {

/// The real runtime: one loop on one thread, on an io_context of its own.
///
/// Threads: `run` makes the calling thread the loop thread; `stop`, `run_on_loop` and `wake` may
/// be called from any thread, everything else from the loop thread (or before `run`).
/// Cost: an idle loop sleeps in the kernel (no polling); a busy one drains its ready list and its
/// inboxes without a system call. Timers, and what other threads posted or sockets brought, wait
/// at most for one turn (256 pieces of work, 1024 events of each inbox) that began at most 10 us
/// after the last look.
class loop_runtime final : public runtime {
 public:
  struct options {
    std::uint64_t seed = 0;           ///< 0: taken from the machine
    std::size_t offload_threads = 0;  ///< 0: limits::offload_threads
    std::size_t offload_queue_max = 0;
    /// How long to look for inbox events before sleeping: longer than the 14 us that going to
    /// sleep costs, so that a stream of 20 k events/s and more never meets the kernel. Only
    /// while there is an inbox; an idle loop spins once and then costs nothing.
    duration spin = std::chrono::microseconds{50};
    duration watchdog_after{};  ///< 0: no watchdog
    /// Called on the watchdog's thread while the loop hangs. The log has it in any case, once the
    /// loop runs again.
    watchdog::report_function on_stall{};
  };

  loop_runtime();
  explicit loop_runtime(const options& o);
  ~loop_runtime() override;

  /// Runs until `stop`. May be called again afterwards.
  void run();
  void stop() noexcept;
  /// Runs everything that is ready now and due, without sleeping; true if there was anything.
  bool run_ready();

  boost::asio::io_context& context() noexcept { return context_; }

  boost::asio::any_io_executor executor() const override;
  time_point now() const noexcept override;
  wall_time wall_now() const noexcept override;
  void schedule(work& w) override { ready_.push_back(w); }
  void arm(timer_entry& t, time_point when) override { timers_.arm(t, when); }
  void run_on_loop(std::function<void()> f) override;
  void wake() noexcept override;
  void add_poller(poller& p) override;
  void remove_poller(poller& p) noexcept override;
  bool barrier_on_sleep() const noexcept override { return barrier_on_sleep_; }
  [[nodiscard]] bool offload(std::unique_ptr<offload_job>& job) override;

 private:
  void woke_up() noexcept override;
  class pool;
  class alarm;

  void inside_asio(const std::function<void()>& body);
  bool turn();
  bool poll_all();
  bool spin_for_pollers();
  void sleep();
  std::size_t fire_due();
  void start_watchdog();

  mutable boost::asio::io_context context_;
  work_list ready_;
  std::vector<poller*> pollers_;
  std::unique_ptr<alarm> alarm_;
  std::unique_ptr<pool> pool_;
  options options_;
  bool barrier_on_sleep_ = false;
  time_point next_look_{};  // at the sockets
  bool entered_ = false;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<watchdog> watchdog_;
};

/// Spawns `main` on `rt`, runs the loop until it ends and returns its result or throws what it
/// threw. For `main()` functions and benches.
void block_on(loop_runtime& rt, task<> main);

template <class T>
T block_on(loop_runtime& rt, task<T> main) {
  std::optional<T> value;
  block_on(rt, [](task<T> t, std::optional<T>& out) -> task<> {
    out.emplace(co_await std::move(t));
  }(std::move(main), value));
  return std::move(*value);
}

/// As above for an operation that is no task: `block_on(rt, sleep_for(rt, 1ms))`.
template <std::derived_from<waiter> Operation>
void block_on(loop_runtime& rt, Operation&& operation) {
  block_on(rt, [](Operation& o) -> task<> { (void)co_await std::move(o); }(operation));
}

}  // namespace ensue
