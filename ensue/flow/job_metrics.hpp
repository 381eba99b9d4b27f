#pragma once

#include <ensue/base/metrics.hpp>

namespace ensue {

namespace detail {
class job_engine;
}

/// What `jobs` shows of itself, as the metrics `ensue_jobs_…` with the label worker
/// (jobs_options::name): the account of its store, and what this worker did.
class job_metrics final : public metric_source {
 public:
  explicit job_metrics(const detail::job_engine& of) noexcept : engine_{of} {}
  void show(metric_visitor& to) const override;

 private:
  const detail::job_engine& engine_;
};

}  // namespace ensue
