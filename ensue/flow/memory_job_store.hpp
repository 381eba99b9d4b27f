#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/flow/job_clock.hpp>
#include <ensue/flow/job_table.hpp>

namespace ensue {

/// Jobs in memory: gone with the process. For tests, and for those who can start anew.
///
/// Lifetime: `rt` outlives it. Threads: loop thread. Cost: see job_table; nothing waits.
/// Cancellation: Errors: those of the steps themselves.
class memory_job_store final : public job_store {
 public:
  explicit memory_job_store(runtime& rt, job_limits o = {}) : clock_{rt}, table_{o} {}

  task<result<enqueued_job>> enqueue(new_job j) override;
  task<result<claimed_jobs>> claim(job_claim c) override;
  task<result<job_wish>> extend(job_lease l, duration lease, job_beat beat) override;
  task<result<>> finish(job_lease l, job_outcome o) override;
  task<result<job_record>> cancel(uuid id) override;
  task<result<job_record>> find(uuid id) override;
  task<result<std::vector<job_record>>> list(job_filter f) override;
  task<result<>> expire() override;
  job_account account() const override { return table_.account(); }

 private:
  job_clock clock_;
  job_table table_;
};

}  // namespace ensue
