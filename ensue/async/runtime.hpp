#pragma once

#include <ensue/async/timer_heap.hpp>
#include <ensue/async/work.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/base/log.hpp>
#include <ensue/base/metrics.hpp>
#include <ensue/base/random.hpp>
#include <ensue/base/uuid.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

class waiter;

/// Something outside the loop's own queue that must be looked at each turn and before the loop
/// sleeps: the bus's inbox from other threads.
class poller {
 public:
  virtual ~poller() = default;
  /// Takes what has arrived; true if there was anything. Loop thread.
  virtual bool poll() = 0;
  /// The loop is about to sleep: from now on producers must call `runtime::wake()`. The loop
  /// issues a process-wide memory barrier after this and then polls once more.
  virtual void announce_sleep(bool asleep) noexcept = 0;
};

/// A job for the offload pool: `work_part` on a pool thread, then `done` on the loop thread.
class offload_job {
 public:
  virtual ~offload_job() = default;
  virtual void run() noexcept = 0;
  virtual void done() noexcept = 0;
};

/// Decides whether a fault site (see buggify.hpp) goes wrong this time. The simulator has one.
class fault_source {
 public:
  virtual ~fault_source() = default;
  virtual bool fires(std::string_view place) = 0;
};

/// The only way to time, randomness, ids, threads, logs, metrics and the loop. Handed in, never
/// global; one per loop. `loop_runtime` is the real one, `sim::world` hands out simulated ones.
///
/// Threads: everything on the loop thread, except `run_on_loop` and `wake`.
class runtime {
 public:
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;
  virtual ~runtime() = default;

  /// For co_spawn and Asio objects; never completes inline.
  virtual boost::asio::any_io_executor executor() const = 0;

  virtual time_point now() const noexcept = 0;
  virtual wall_time wall_now() const noexcept = 0;

  /// The time at which the current turn of the loop began: a load instead of a clock read.
  time_point turn_time() const noexcept { return turn_time_; }

  /// Runs `w` once, soon, on the loop; never inside the call. FIFO among equal strands.
  virtual void schedule(work& w) = 0;
  /// Schedules `t` at `when`, never early; at once when `when` has passed.
  virtual void arm(timer_entry& t, time_point when) = 0;
  void disarm(timer_entry& t) noexcept {
    timers_.disarm(t);
    t.unlink();
  }

  /// From any thread: runs `f` on the loop, after everything this thread handed in before.
  virtual void run_on_loop(std::function<void()> f) = 0;
  /// From any thread: makes a sleeping loop look at its pollers. Costs a system call.
  virtual void wake() noexcept = 0;
  virtual void add_poller(poller& p) = 0;
  virtual void remove_poller(poller& p) noexcept = 0;
  /// True when producers need no fence of their own because the sleeping side issues one for the
  /// whole process (Linux membarrier); false: they must fence before they look at the sleep flag.
  virtual bool barrier_on_sleep() const noexcept = 0;

  /// False when the pool's queue is full (`job` is untouched then): wait and try again.
  [[nodiscard]] virtual bool offload(std::unique_ptr<offload_job>& job) = 0;
  /// Where coroutines stand that found the pool full.
  work_list& waiting_to_offload() noexcept { return waiting_to_offload_; }

  /// A stream of its own per name, fixed by the runtime's seed.
  random_stream random(std::string_view name) const noexcept { return {seed_, name}; }
  std::uint64_t seed() const noexcept { return seed_; }
  uuid new_id() noexcept { return ids_.next(wall_now()); }
  log_sink& log() const noexcept { return *log_; }
  void set_log(log_sink& sink) noexcept { log_ = &sink; }
  /// Null outside simulation: no fault site fires.
  fault_source* faults() const noexcept { return faults_; }
  void set_faults(fault_source* source) noexcept { faults_ = source; }
  /// Where whatever counts on this loop can be asked.
  metric_registry& metrics() noexcept { return metrics_; }

  /// Names what the loop is running, for the watchdog and the deadlock report, until the end of
  /// this step; a coroutine that waits in between gets its name back when it resumes. `label`
  /// must outlive all it names. Returns the label that was there.
  const char* set_running(const char* label) noexcept {
    const char* before = running_.load(std::memory_order_relaxed);
    running_.store(label, std::memory_order_relaxed);
    if (sleeping_) woke_up();
    return before;
  }

  /// Its coroutines are being destroyed where they stand: owners need not wait for theirs.
  bool ending() const noexcept { return ending_; }

  /// One line per suspended wait of ours, in the order they began: "what (name of the task)".
  std::vector<std::string> waiting() const;

 protected:
  explicit runtime(std::uint64_t seed);
  /// For the end of a runtime: destroys every coroutine that waits in one of our primitives.
  void abandon_waiters();
  /// A handler with a label was called while the loop seemed to sleep.
  virtual void woke_up() noexcept {}

  timer_heap timers_;
  bool sleeping_ = false;
  time_point turn_time_{};                     // kept up to date by the loop
  std::atomic<const char*> running_{nullptr};  // the watchdog reads it from its thread

 private:
  friend class waiter;
  std::uint64_t seed_;
  bool ending_ = false;
  work_list waiting_to_offload_;
  uuid_source ids_;
  null_log no_log_;
  log_sink* log_ = &no_log_;
  fault_source* faults_ = nullptr;
  metric_registry metrics_;
  waiter* oldest_ = nullptr;
  waiter* newest_ = nullptr;
};

}  // namespace ensue
