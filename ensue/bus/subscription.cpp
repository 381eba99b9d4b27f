#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/subscription.hpp>

namespace ensue {

void subscription::end() noexcept {
  if (state_) state_->engine().remove(*state_, drop_reason::unsubscribed);
}

void subscription::leave_to_bus() noexcept {
  if (state_) std::exchange(state_, nullptr)->set_holder(nullptr);
}

ledger subscription::counts() const noexcept {
  return state_ ? state_->engine().snapshot(*state_) : ledger{};
}

}  // namespace ensue
