#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/subscription.hpp>

namespace ensue {

void subscription::end() noexcept {
  if (state_) state_->engine().remove(*state_, drop_reason::unsubscribed);
}

void subscription::leave_to_bus() noexcept {
  if (state_) std::exchange(state_, nullptr)->set_holder(nullptr);
}

void subscription::set_concurrency(unsigned most) {
  if (state_) state_->set_concurrency(most);
}

ledger subscription::counts() const noexcept {
  return state_ ? state_->engine().snapshot(*state_) : ledger{};
}

std::shared_ptr<const policy> detail::kept(policy&& p) {
  if (!p.on() && p.dead_letter && !p.on_failure) return nullptr;
  return std::make_shared<const policy>(std::move(p));
}

}  // namespace ensue
