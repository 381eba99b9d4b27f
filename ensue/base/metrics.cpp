#include <ensue/base/assert.hpp>
#include <ensue/base/metrics.hpp>

namespace ensue {

metric_source::~metric_source() {
  if (in_) in_->remove(*this);
}

metric_registry::~metric_registry() {
  for (metric_source* s : sources_) s->in_ = nullptr;
}

bool metric_registry::add(metric_source& source) {
  ENSUE_ASSERT(!source.in_, "a source of metrics is in one registry at most");
  if (sources_.size() >= sources_max) return false;
  sources_.push_back(&source);
  source.in_ = this;
  return true;
}

void metric_registry::remove(metric_source& source) noexcept {
  if (std::erase(sources_, &source) != 0) source.in_ = nullptr;
}

void metric_registry::collect(metric_visitor& to) const {
  // By index: a source may make another one.
  for (std::size_t n = 0; n < sources_.size(); ++n) sources_[n]->show(to);
}

}  // namespace ensue
