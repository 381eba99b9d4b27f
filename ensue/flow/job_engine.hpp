#pragma once

#include <ensue/async/scope.hpp>
#include <ensue/async/shield.hpp>
#include <ensue/flow/job_handler.hpp>
#include <ensue/flow/job_policy.hpp>
#include <ensue/flow/job_store.hpp>
#include <ensue/reliability/dead_letters.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <utility>

// The inside of `jobs`; not for users.
namespace ensue::detail {

struct job_definition {
  std::string name;
  job_policy policy;
  std::type_index args;
  job_body body;
};

/// One lease of this worker, from the claim to its end.
struct job_in_hand {
  job_in_hand(job_record j, std::shared_ptr<const job_definition> d, time_point until) noexcept
      : record{std::move(j)}, what{std::move(d)}, lease_end{until} {}
  job_lease lease() const noexcept { return {record.id, record.token}; }

  job_record record;
  std::shared_ptr<const job_definition> what;
  time_point lease_end;  ///< by our clock; by the store's it is not earlier
  time_point next_beat{};
  job_beat beat{};
  job* handler = nullptr;  ///< while it runs
  bool cancel_asked = false;
  bool stopping = false;  ///< this worker is being stopped
  bool lost = false;      ///< the lease is, or may be, another's
};

/// What this worker did; what became of the jobs is in the store's account.
struct job_counts {
  std::uint64_t began = 0, heartbeats = 0, late = 0, store_errors = 0, self_fenced = 0;
};

class job_engine : public std::enable_shared_from_this<job_engine> {
 public:
  job_engine(runtime& r, job_store& s, jobs_options o)
      : rt{r}, store{s}, options{std::move(o)}, draw{r.random("jobs " + options.name)} {}

  std::shared_ptr<const job_definition> find(std::string_view name) const;
  job_claim wanted() const;
  std::size_t places() const noexcept { return options.workers - in_hand.size(); }
  /// When this worker gives up a lease that it asked for at `asked` and did not extend: a tenth
  /// before its end, so that late timers and a handler's clean-up have time.
  time_point lease_end(time_point asked) const noexcept {
    return saturating_add(asked, options.lease - options.lease / 10);
  }
  /// There may be something to begin: the claiming loop looks again.
  void look_again() noexcept;
  /// Whoever waits for the end of that job looks again.
  void tell_waiters(const uuid& id) noexcept;
  void log(log_level level, std::string_view text, const job_record& j,
           std::string_view why = {}) const;

  runtime& rt;
  job_store& store;
  const jobs_options options;
  random_stream draw;
  std::map<std::string, std::shared_ptr<const job_definition>, std::less<>> definitions{};
  std::map<std::pair<uuid, std::uint64_t>, std::shared_ptr<job_in_hand>> in_hand{};  // by lease
  std::map<uuid, std::shared_ptr<work_list>> waiting{};  // for their end
  work_list idle{};                                      // the claiming loop
  bool look = false;
  bool running = false;
  job_counts counts{};
};

/// Trying the same step again may help, or is needed to know how it went.
bool may_try_again(const error_code& ec) noexcept;

// What a step of the store threw, or its time-out, as an error of the step.
template <class T>
task<result<T>> reach(job_engine& e, task<result<T>> step, duration most = duration::max()) {
  std::optional<result<T>> told;
  error_code failed;
  try {
    told.emplace(co_await shield(e.rt, std::min(most, e.options.store_max), std::move(step)));
  } catch (const system_error& error) {
    failed = error.code();
  }
  if (told && told->has_value()) co_return std::move(*told);
  if (told) failed = told->error();
  if (failed != errc::refused) ++e.counts.store_errors;
  co_return failed;
}

/// Runs the handler of a job under its lease, and tells the store how it ended.
/// Cancellation: reaches the handler; then the job is given back. Errors: none.
task<> run_job(std::shared_ptr<job_engine> engine, std::shared_ptr<job_in_hand> lease);

/// `jobs::run`.
task<> run_jobs(std::shared_ptr<job_engine> engine);

}  // namespace ensue::detail
