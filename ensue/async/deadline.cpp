#include <ensue/async/deadline.hpp>

namespace ensue {

duration deadline::remaining(const runtime& rt) const noexcept {
  if (at_ == never) return duration::max();
  const time_point now = rt.now();
  return now >= at_ ? duration::zero() : at_ - now;
}

deadline deadline::within(const runtime& rt, duration d) const noexcept {
  return deadline{std::min(at_, saturating_add(rt.now(), d))};
}

timeout::timeout(runtime& rt, time_point when) noexcept
    : timer_entry{&timeout::ring}, rt_{rt}, when_{when} {}

bool timeout::begin() {
  if (state_ != state::fresh) throw system_error{errc::exists, "a time-out is used once"};
  state_ = state::running;
  expired_ = when_ <= rt_.now();
  return !expired_;
}

task<> timeout::guard(job& j, owner_cancel mode) {
  job_ = &j;
  if (!expired_ && when_ != never) rt_.arm(*this, when_);
  return wait_firmly(j.waiters(), rt_, j.name().c_str(),
                     mode == owner_cancel::passed_on ? &timeout::owner_cancelled : nullptr, this);
}

result<> timeout::move_to(time_point when) {
  if (expired_ || state_ == state::ended) return errc::closed;
  when_ = when;
  if (job_) {
    rt_.disarm(*this);
    rt_.arm(*this, when_);
  }
  return {};
}

void timeout::ring(work& w) {
  auto& self = static_cast<timeout&>(w);
  if (self.job_->finished()) return;
  self.expired_ = true;
  self.job_->cancel();
}

void timeout::owner_cancelled(void* self) noexcept {
  auto& t = *static_cast<timeout*>(self);
  t.owner_cancelled_ = true;
  t.job_->cancel();
}

void timeout::end(const job& j) {
  state_ = state::ended;
  rt_.disarm(*this);
  if (expired_ && !owner_cancelled_ && is_cancellation(j.error())) throw_timed_out(j.error());
}

void timeout::throw_timed_out(const std::exception_ptr& cause) const {
  const system_error error{error_code{errc::timed_out}, "the deadline passed"};
  if (!cause) throw system_error{error};
  try {
    std::rethrow_exception(cause);
  } catch (...) {
    std::throw_with_nested(error);
  }
}

}  // namespace ensue
