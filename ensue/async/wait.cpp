#include <ensue/async/wait.hpp>

namespace ensue {

waiter::~waiter() { ENSUE_ASSERT(!vtable_, "a suspended coroutine was destroyed from outside"); }

void waiter::abandon() {
  unlink();
  unlink_from_runtime();
  vtable_->drop(*this);
}

void waiter::link() noexcept {
  label_ = rt_->running_.load(std::memory_order_relaxed);
  older_ = rt_->newest_;
  newer_ = nullptr;
  (older_ ? older_->newer_ : rt_->oldest_) = this;
  rt_->newest_ = this;
}

void waiter::unlink_from_runtime() noexcept {
  if (rt_->oldest_ != this && !older_) return;
  (older_ ? older_->newer_ : rt_->oldest_) = newer_;
  (newer_ ? newer_->older_ : rt_->newest_) = older_;
  older_ = newer_ = nullptr;
}

bool waiter::complete(wait_status status) noexcept {
  if (!pending()) return false;
  completed_ = true;
  status_ = status;
  unlink();
  rt_->schedule(*this);
  return true;
}

void waiter::resume(work& w) {
  auto& self = static_cast<waiter&>(w);
  self.unlink_from_runtime();
  self.rt_->running_.store(self.label_, std::memory_order_relaxed);
  self.completed_ = false;  // a wait object may be awaited again
  self.vtable_->invoke(self);
}

bool wake_one(work_list& list) noexcept {
  if (list.empty()) return false;
  return static_cast<waiter*>(list.front())->complete(wait_status::ready);
}

void wake_all(work_list& list, wait_status status) noexcept {
  // Only those that wait now: completing never runs user code, so nobody can join meanwhile.
  while (!list.empty()) static_cast<waiter*>(list.front())->complete(status);
}

}  // namespace ensue
