// What an event passes before each attempt, in the order of the policy.
#include <ensue/async/errors.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/in_hand.hpp>
#include <ensue/bus/policy_events.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace ensue {

// False: the event has met its fate, or is parked until it may go on.
bool deliveries::admit(in_hand& event, delivery& d) {
  return pass_expiry(event, d) && pass_dedupe(event, d) && pass_rate(event, d) &&
         pass_tenants(event, d) && pass_breaker(event, d);
}

bool deliveries::pass_expiry(in_hand& event, delivery& d) {
  const bool old =
      policy_.expire != duration::max() && rt_.now() - d.event.rec->accepted_at >= policy_.expire;
  const bool late = old || self_.expired(d.event);
  if (late && d.tries && d.tries->failed() > 0) {
    give_up(d, std::make_exception_ptr(system_error(errc::expired, "before the next attempt")),
            death_reason::expired);
    return false;
  }
  if (late) return event.expire(), false;
  return event.may_begin();
}

bool deliveries::pass_dedupe(in_hand& event, delivery& d) {
  const lineage* story = d.event.rec->story.get();
  // Who has no id yet has no copies either.
  if (!dedupe_ || d.claim.first() || !story || story->env.id.nil()) return true;
  const std::string id = story->env.id.text();
  auto claim = dedupe_->try_begin({story->env.details().source, id});
  if (!claim || claim->answer() == dedupe_answer::in_progress)
    return park(event, d, copies_), false;
  if (claim->answer() == dedupe_answer::duplicate) return event.drop(drop_reason::duplicate), false;
  d.claim = std::move(*claim);
  return true;
}

bool deliveries::pass_rate(in_hand& event, delivery& d) {
  if (!bucket_ || d.has_turn) return true;
  const time_point now = rt_.now();
  if (bucket_->try_take(now)) return d.has_turn = true;
  closed_until_ = std::max(closed_until_, bucket_->ready_at(now));
  return park(event, d, parked_, closed_until_), false;
}

bool deliveries::pass_tenants(in_hand& event, delivery& d) {
  if (!tenants_ || d.has_tenant_turn) return true;
  if (d.refused) return give_up(d, d.refused, death_reason::rejected), false;
  std::string key = std::to_string(policy_.rate_key(d.event.view, *d.event.rec->type));
  if (tenants_->try_take(key)) return d.has_tenant_turn = true;
  park(event, d, in_line_);
  boost::asio::co_spawn(
      rt_.executor(),
      stand_in_line(tenants_, weak_from_this(), std::move(key), in_line_.back().turn),
      [](std::exception_ptr) {});
  return false;
}

task<> deliveries::stand_in_line(std::shared_ptr<keyed_rate_limit> limit,
                                 std::weak_ptr<deliveries> all, std::string key,
                                 std::uint64_t turn) {
  std::exception_ptr refused;
  try {
    co_await limit->take(std::move(key));
  } catch (...) {
    refused = std::current_exception();
  }
  if (const auto still = all.lock()) still->has_turn(turn, refused);
}

void deliveries::has_turn(std::uint64_t turn, std::exception_ptr refused) {
  const auto at = std::find_if(in_line_.begin(), in_line_.end(),
                               [&](const delivery& d) { return d.turn == turn; });
  if (at == in_line_.end()) return;
  at->has_tenant_turn = !refused;
  at->refused = std::move(refused);
  at->due = rt_.now();
  parked_.push_back(std::move(*at));
  in_line_.erase(at);
  std::push_heap(parked_.begin(), parked_.end(), later{});
  wake();
}

bool deliveries::pass_breaker(in_hand& event, delivery& d) {
  if (!breaker_) return true;
  d.permit = breaker_->pass_closed();
  if (d.permit) return true;
  if (auto permit = breaker_->try_acquire()) {
    d.permit = std::move(*permit);
    return true;
  }
  // Open: nobody asks before it lets a probe through. `never`: until a probe has ended.
  closed_until_ = std::max(closed_until_, breaker_->retry_at());
  return park(event, d, parked_, closed_until_), false;
}

void deliveries::breaker_changed(const breaker_change& c) {
  const log_field fields[] = {{"handler", std::string_view{self_.name()}},
                              {"from", std::string_view{text(c.from)}},
                              {"to", std::string_view{text(c.to)}},
                              {"reason", std::string_view{c.reason}}};
  rt_.log().write(log_level::warning, "a breaker changed", fields);
  const ensue::breaker_changed e{self_.name(), text(c.from), text(c.to), c.reason};
  (void)self_.engine().emit(type_id<ensue::breaker_changed>(), event_type<ensue::breaker_changed>(),
                            &e);
}

}  // namespace ensue
