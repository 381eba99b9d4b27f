#pragma once

#include <ensue/async/task.hpp>
#include <ensue/base/result.hpp>
#include <ensue/flow/job_record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ensue {

/// Bounds and rules of a store that keeps its table itself.
struct job_limits {
  std::size_t waiting_max = 100'000;  ///< queued, scheduled and running
  std::size_t results_max = 10'000;   ///< ended; then the oldest is forgotten
  std::size_t args_bytes_max = std::size_t{64} << 10;
  std::size_t result_bytes_max = std::size_t{64} << 10;
  std::uint64_t bytes_max = std::uint64_t{64} << 20;  ///< of all arguments and results
  unsigned lost_max = 10;  ///< so many lost leases fail a job: it may be what kills its workers
  /// What one step of priority is worth: see job_table.
  duration priority_step = std::chrono::minutes{1};
};

/// A job to be recorded. Times are counted from the call, by the store's clock.
struct new_job {
  uuid id;
  std::string name;
  std::string args;
  int priority = 0;
  std::optional<std::string> unique_key{};
  duration delay{};
  std::optional<duration> begin_within{};
  duration result_expires{};
  std::optional<unsigned> attempts{};
  std::optional<duration> timeout{};
};

/// What was recorded, or found in its place.
struct enqueued_job {
  uuid id;
  bool existed = false;  ///< one with that unique key was queued or running: this is its id
};

struct job_claim {
  std::vector<std::string> names;  ///< what the worker can do
  std::string worker;              ///< for people
  duration lease{};
  std::size_t most = 1;
};

struct claimed_jobs {
  std::vector<job_record> jobs;     ///< state running, each with its token
  duration next = duration::max();  ///< until there may be more, if nothing is enqueued; max: never
};

/// Names one lease.
struct job_lease {
  uuid id;
  std::uint64_t token = 0;
};

/// What is wanted of the worker that holds a job.
enum class job_wish : std::uint8_t { go_on, cancel };

struct job_beat {
  double progress = 0;
  std::string progress_text{};
};

/// How a lease ends.
struct job_outcome {
  enum class kind : std::uint8_t {
    done,       ///< `result`
    failed,     ///< `error`; for good
    again,      ///< `error`; the next attempt after `wait`
    cancelled,  ///< it was asked for; `error` may say more
    released,   ///< given back undone; another may begin it at once
  };
  kind end = kind::done;
  std::optional<std::string> result{};
  std::string error{};
  duration wait{};
  std::optional<dead_attempt> attempt{};  ///< of failed and again
  double progress = 1;
};

/// Where jobs are kept, between those who enqueue and the workers: an abstract table with atomic
/// steps, for one process or for many. Every step either happens whole or not at all, and is
/// durable, as far as the store is, when it completes.
///
/// A lease is fenced: each gets a token that no other lease of that job had or will have. A step
/// with the token of a lease that was lost, or that was ended differently, changes nothing and is
/// refused. The same end told twice is taken once and is no error.
///
/// Time is the store's: callers give durations, so that workers with wrong clocks do no harm. A
/// lease that has ended by that clock is lost at the next step, of whoever it is; its job goes back
/// into the queue, or ends when its cancellation was asked for or too many were lost.
///
/// Lifetime: outlives whoever uses it. Threads: loop thread of the caller.
/// Cancellation: throws; the step may or may not happen, or have happened.
/// Errors: those of the medium: the step did not happen; errc::outcome_unknown, timed_out: it may
/// have. Repeat it: every step but `claim` can be told twice. Named below: those of the table.
class job_store {
 public:
  virtual ~job_store() = default;

  /// Records a job. One with the same id is there: nothing is done, that is it. One with the same
  /// unique key is queued, scheduled or running: likewise, and `existed`.
  /// Cancellation: as above. Errors: errc::full; errc::invalid: arguments too long, a text that is
  /// no UTF-8, a priority out of range. Nothing was recorded.
  virtual task<result<enqueued_job>> enqueue(new_job j) = 0;
  /// Takes the best jobs that may begin now, and gives each a lease.
  /// Cancellation: what it took is lost when its lease ends. Errors: as above.
  virtual task<result<claimed_jobs>> claim(job_claim c) = 0;
  /// The lease lasts so long from now. Returns what is wanted.
  /// Cancellation: as above. Errors: errc::refused: the lease was lost.
  virtual task<result<job_wish>> extend(job_lease l, duration lease, job_beat beat) = 0;
  /// Cancellation: as above.
  /// Errors: errc::refused: the lease was lost. errc::invalid: the result is too long.
  virtual task<result<>> finish(job_lease l, job_outcome o) = 0;
  /// Ends a waiting job; asks for the end of a running one: it is told at its next `extend`, and
  /// ends by itself when its worker has died. Returns the job as it is then.
  /// Cancellation: as above. Errors: errc::not_found; errc::closed: it has ended.
  virtual task<result<job_record>> cancel(uuid id) = 0;
  /// Cancellation: as above. Errors: errc::not_found: unknown, or forgotten.
  virtual task<result<job_record>> find(uuid id) = 0;
  /// In the order of enqueuing. Cancellation: Errors: as above.
  virtual task<result<std::vector<job_record>>> list(job_filter f) = 0;
  /// Ends what has expired and loses leases that have ended, without waiting for the next step.
  /// Cancellation: Errors: as above.
  virtual task<result<>> expire() = 0;
  virtual job_account account() const = 0;
};

}  // namespace ensue
