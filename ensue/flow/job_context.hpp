#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/flow/job_store.hpp>

#include <string>
#include <string_view>

namespace ensue {

/// What the handler of a job may take beside its arguments. Lives as long as its call; loop thread.
class job_context {
 public:
  job_context(runtime& rt, const job_record& j, job_beat& beat, time_point end) noexcept
      : rt_{rt}, job_{j}, beat_{beat}, end_{end} {}
  job_context(const job_context&) = delete;
  job_context& operator=(const job_context&) = delete;

  const uuid& id() const noexcept { return job_.id; }
  const std::string& name() const noexcept { return job_.name; }
  /// From 1; more when earlier attempts have failed. Those that were lost do not count.
  unsigned attempt() const noexcept { return job_.failed + 1; }
  /// Rises with every lease of this job: hand it to what must not listen to a worker that came too
  /// late. See job_store.
  std::uint64_t token() const noexcept { return job_.token; }
  /// When this attempt must be done; `never` without a time-out.
  time_point deadline() const noexcept { return end_; }
  runtime& rt() const noexcept { return rt_; }

  /// Says how far it is, 0 to 1. Seen at once by who asks here, elsewhere with the next heartbeat.
  void progress(double share, std::string_view text = {}) {
    beat_.progress = share >= 0 ? (share <= 1 ? share : 1) : 0;
    beat_.progress_text = job_text(text);
  }

 private:
  runtime& rt_;
  const job_record& job_;
  job_beat& beat_;
  time_point end_;
};

}  // namespace ensue
