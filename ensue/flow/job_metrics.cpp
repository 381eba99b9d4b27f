#include <ensue/flow/job_engine.hpp>
#include <ensue/flow/job_metrics.hpp>

namespace ensue {

void job_metrics::show(metric_visitor& to) const {
  using enum metric_kind;
  const job_account a = engine_.store.account();
  const detail::job_counts& c = engine_.counts;
  const std::pair<metric, std::uint64_t> shown[] = {
      {{"ensue_jobs_recorded", counter, "Jobs in the store, and those that were."}, a.recorded},
      {{"ensue_jobs_waiting", gauge, "Jobs queued and scheduled."}, a.waiting},
      {{"ensue_jobs_running", gauge, "Jobs under a lease."}, a.running},
      {{"ensue_jobs_done", counter, "Jobs done."}, a.done},
      {{"ensue_jobs_failed", counter, "Jobs that failed for good."}, a.failed},
      {{"ensue_jobs_cancelled", counter, "Jobs cancelled."}, a.cancelled},
      {{"ensue_jobs_expired", counter, "Jobs that were not begun in time."}, a.expired},
      {{"ensue_jobs_duplicates", counter, "Jobs enqueued that were there already."}, a.duplicates},
      {{"ensue_jobs_refused", counter, "Jobs refused because a bound was reached."}, a.refused},
      {{"ensue_jobs_retried", counter, "Attempts that failed and were not the last."}, a.retried},
      {{"ensue_jobs_lost", counter, "Leases that ended without a word of their worker."}, a.lost},
      {{"ensue_jobs_fenced", counter, "Steps refused because their lease was lost."}, a.fenced},
      {{"ensue_jobs_results", gauge, "Jobs that have ended and can be read."}, a.results},
      {{"ensue_jobs_bytes", gauge, "Bytes of all arguments and results."}, a.bytes},
      {{"ensue_jobs_worker_began", counter, "Jobs this worker began."}, c.began},
      {{"ensue_jobs_worker_busy", gauge, "Handlers at work in this worker."},
       engine_.in_hand.size()},
      {{"ensue_jobs_worker_heartbeats", counter, "Leases it extended."}, c.heartbeats},
      {{"ensue_jobs_worker_late", counter, "Jobs it ended after their lease was lost."}, c.late},
      {{"ensue_jobs_worker_store_errors", counter, "Steps of the store that failed."},
       c.store_errors}};
  const metric_label worker[] = {{"worker", engine_.options.name}};
  for (const auto& [what, value] : shown) to.number(what, worker, static_cast<std::int64_t>(value));
}

}  // namespace ensue
