#include <ensue/flow/memory_job_store.hpp>

#include <utility>

namespace ensue {

task<result<enqueued_job>> memory_job_store::enqueue(new_job j) {
  co_return table_.enqueue(std::move(j), clock_.now());
}

task<result<claimed_jobs>> memory_job_store::claim(job_claim c) {
  co_return table_.claim(c, clock_.now());
}

task<result<job_wish>> memory_job_store::extend(job_lease l, duration lease, job_beat beat) {
  co_return table_.extend(l, lease, beat, clock_.now());
}

task<result<>> memory_job_store::finish(job_lease l, job_outcome o) {
  co_return table_.finish(l, std::move(o), clock_.now());
}

task<result<job_record>> memory_job_store::cancel(uuid id) {
  co_return table_.cancel(id, clock_.now());
}

task<result<job_record>> memory_job_store::find(uuid id) {
  co_return table_.find(id, clock_.now());
}

task<result<std::vector<job_record>>> memory_job_store::list(job_filter f) {
  co_return table_.list(f, clock_.now());
}

task<result<>> memory_job_store::expire() {
  table_.expire(clock_.now());
  co_return result<>{};
}

}  // namespace ensue
