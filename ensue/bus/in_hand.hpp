#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/obituary.hpp>
#include <ensue/bus/subscription_state.hpp>

#include <memory>
#include <string>
#include <utility>

namespace ensue {

/// One event in the hands of a worker. Settles it exactly once, whatever ends its life, the end of
/// the world included: as dropped(shutdown) unless told otherwise; or parks it, unsettled.
class subscription_state::in_hand {
 public:
  in_hand(subscription_state& s, const queued_event& q)
      : self_{s}, q_{q}, context_{s.dispatcher_, at_, s} {
    at_.rec = q.rec;
    at_.type = q.rec->type;
    at_.event = q.rec->payload();
    at_.depth = q.rec->depth;
    if (s.sampled()) began_ = s.dispatcher_.rt().now();
  }
  in_hand(const in_hand&) = delete;
  in_hand& operator=(const in_hand&) = delete;
  ~in_hand() {
    if (aside_) return;
    if (!counted_) drop(drop_reason::shutdown);  // cancelled or destroyed
    self_.put_down(q_, failed_ ? failed_.get() : nullptr, lost_);
  }

  context& ctx() noexcept { return context_; }

  bool may_begin() {
    if (q_.rec->story && self_.expired(q_)) return count(self_.counts_.expired);
    if (self_.dispatcher_.held_back(self_, *q_.rec->type, q_.view))
      return drop(drop_reason::halted), false;
    if (self_.owner_gone()) {
      self_.dispatcher_.remove(self_, drop_reason::unsubscribed);
      return drop(drop_reason::unsubscribed), false;
    }
    try {
      if (self_.handler_->has_filter() && !self_.handler_->accepts(q_.view, *at_.type))
        return count(self_.counts_.filtered);
    } catch (...) {
      threw(std::current_exception(), false);
      return false;
    }
    if (self_.settings_.once) self_.dispatcher_.remove(self_, drop_reason::unsubscribed);
    return true;
  }

  void handled() {
    counted_ = true;
    ++self_.counts_.handled;
    if (began_ != time_point{}) [[unlikely]]
      self_.note_times(q_.rec->accepted_at, began_);
  }

  void expire() { count(self_.counts_.expired); }
  void drop(drop_reason reason) {
    count(self_.counts_.dropped_for(reason));
    lost_ = loses(reason);
  }
  /// Somebody else holds the event now, unsettled.
  void set_aside() noexcept { aside_ = true; }
  const frame& at() const noexcept { return at_; }

  void held_back() { drop(drop_reason::middleware); }

  /// A cancellation that nobody asked for is a failure as any other.
  void threw(std::exception_ptr error, bool cancelled) {
    if (cancelled && is_cancellation(error)) return;
    counted_ = true;
    ++self_.counts_.dead;
    if (!self_.deliveries_) bury(self_, *q_.rec, error);  // a policy has seen to it
    failed_ = std::make_unique<failure>(
        failure{self_.name(), std::string{q_.rec->type->name}, std::move(error)});
    self_.dispatcher_.report(self_, *failed_);
  }

 private:
  bool count(std::uint64_t& as) noexcept {
    counted_ = true;
    ++as;
    return false;
  }

  subscription_state& self_;
  const queued_event q_;
  frame at_;
  context context_;
  std::unique_ptr<failure> failed_;
  time_point began_{};
  bool counted_ = false;
  bool aside_ = false;
  bool lost_ = false;
};

}  // namespace ensue
