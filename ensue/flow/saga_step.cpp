#include <ensue/event/time_text.hpp>
#include <ensue/flow/saga_step.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

namespace ensue {
namespace {

template <class T>
bool holds(const std::vector<T>& all, const auto& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

wall_time later(wall_time from, duration by) {
  return by > wall_time::max() - from ? wall_time::max() : from + by;
}

// What the first event fixes.
void begin(const saga_plan& plan, saga_record& r, const saga_input& in) {
  r.id = derived_id(r.saga + '\n' + r.key + '\n' + in.id->text());
  r.root = in.root.value_or(*in.id);
  r.data = plan.first_data;
  r.state = plan.states.front().name;
}

/// One step under way: the record as it becomes.
class stepping {
 public:
  stepping(const saga_plan& p, saga_record r, wall_time now)
      : plan_{p}, r_{std::move(r)}, now_{now} {
    ++r_.step;
    r_.at = now;
    r_.effects.clear();
  }

  saga_record take() && { return std::move(r_); }

  void start(const saga_input& in) {
    begin(plan_, r_, in);
    enter(plan_.states.front());
  }

  saga_verdict event(const saga_taken& e) {
    switch (r_.phase) {
      case saga_phase::live: return in_state(e);
      case saga_phase::undoing: return while_undoing(e);
      case saga_phase::parked: return r_.abandoned ? saga_verdict::late : keep_for_later(e);
      case saga_phase::compensated: return after_undoing(e);
      case saga_phase::completed: break;
    }
    return saga_verdict::late;
  }

  saga_verdict timeout() {
    if (!r_.deadline || now_ < *r_.deadline) return saga_verdict::refused;
    if (r_.undoing) {
      const saga_event_plan& e = plan_of(*r_.undoing);
      park(e.confirmed_by + " did not confirm within " +
           duration_text(e.confirm_within.count(), 1) + " that " + e.type + " was undone");
    } else {
      const saga_state_plan& s = state();
      go(s.on_timeout,
         "nothing ended " + s.name + " within " + duration_text(s.within->count(), 1));
    }
    return saga_verdict::stepped;
  }

  saga_verdict command(saga_cause cause) {
    if (r_.phase != saga_phase::parked || r_.abandoned) return saga_verdict::refused;
    if (cause == saga_cause::abandon) {
      r_.abandoned = true;
      r_.early.clear();
    } else if (cause == saga_cause::compensate) {
      r_.undoing.reset();
      begin_undoing(r_.reason.value_or("asked for"));
    } else if (r_.undoing) {
      wait_for_confirmation();
      offer_early();
    } else {
      r_.phase = saga_phase::live;
      r_.reason.reset();
      rest_in(state());
      offer_early();
    }
    return saga_verdict::stepped;
  }

  void park(std::string why) {
    r_.phase = saga_phase::parked;
    r_.reason = std::move(why);
    r_.deadline.reset();
  }

 private:
  const saga_state_plan& state() const {
    if (const saga_state_plan* s = plan_.state(r_.state)) return *s;
    throw std::out_of_range{"the definition has no state " + r_.state};
  }
  const saga_event_plan& plan_of(const saga_taken& e) const {
    if (const saga_event_plan* p = plan_.event(e.type)) return *p;
    throw std::out_of_range{"the definition has no event " + e.type};
  }

  saga_verdict in_state(const saga_taken& e) {
    const saga_state_plan& s = state();
    if (s.joins(e.type)) {
      if (holds(r_.joined, e.type)) return saga_verdict::duplicate;
      take(e);
      r_.joined.push_back(e.type);
      if (r_.joined.size() == s.join.size()) go(s.join_target, reason_of(e));
      return saga_verdict::stepped;
    }
    if (const std::string* target = s.target_of(e.type)) {
      take(e);
      go(*target, reason_of(e));
      return saga_verdict::stepped;
    }
    if (plan_.awaits_later(s.name, e.type)) return keep_for_later(e);
    return take_unawaited(e);
  }

  saga_verdict while_undoing(const saga_taken& e) {
    if (r_.undoing && plan_of(*r_.undoing).confirmed_by == e.type) {
      r_.undoing.reset();
      undo_next();
      return saga_verdict::stepped;
    }
    return take_unawaited(e);
  }

  saga_verdict after_undoing(const saga_taken& e) {
    const saga_verdict v = take_unawaited(e);
    if (v != saga_verdict::stepped) return v == saga_verdict::unexpected ? saga_verdict::late : v;
    begin_undoing(r_.reason.value_or(""));
    return v;
  }

  // What happened although nobody waits for it must still be undone when the saga fails.
  saga_verdict take_unawaited(const saga_taken& e) {
    if (holds(r_.took, e.type)) return saga_verdict::duplicate;
    if (!plan_of(e).undo) return saga_verdict::unexpected;
    take(e);
    return saga_verdict::stepped;
  }

  saga_verdict keep_for_later(const saga_taken& e) {
    if (r_.early.size() >= saga_limits::early_events) return saga_verdict::unexpected;
    r_.early.push_back(e);
    return saga_verdict::kept;
  }

  void take(const saga_taken& e) {
    const saga_event_plan& p = plan_of(e);
    if (p.keep) r_.data = p.keep(r_.data, e.event);
    if (!holds(r_.took, e.type)) r_.took.push_back(e.type);
    if (p.undo) r_.done.push_back(e);
  }

  std::string reason_of(const saga_taken& e) const {
    const saga_event_plan& p = plan_of(e);
    return p.reason ? p.reason(e.event) : e.type;
  }

  void go(const std::string& target, std::string why) {
    if (target == saga_compensated) return begin_undoing(std::move(why));
    if (target == saga_parked) return park(std::move(why));
    if (target == saga_completed) return end(saga_phase::completed);
    const saga_state_plan* s = plan_.state(target);
    if (!s) throw std::out_of_range{"the definition has no state " + target};
    enter(*s);
    offer_early();
  }

  void enter(const saga_state_plan& s) {
    r_.state = s.name;
    r_.joined.clear();
    publish_entry(s);
    rest_in(s);
  }

  void rest_in(const saga_state_plan& s) {
    r_.deadline.reset();
    if (s.within) r_.deadline = later(now_, *s.within);
  }

  void publish_entry(const saga_state_plan& s) {
    for (const auto& effect : s.effects)
      if (auto made = effect.make(r_.data)) publish(std::move(*made));
  }

  void publish(saga_effect e) {
    e.id = derived_id(r_.id.text() + '/' + std::to_string(r_.step) + '/' +
                      std::to_string(r_.effects.size()));
    r_.effects.push_back(std::move(e));
  }

  void end(saga_phase phase) {
    r_.phase = phase;
    r_.state = phase == saga_phase::completed ? saga_completed : saga_compensated;
    r_.deadline.reset();
    r_.early.clear();
    r_.joined.clear();
    if (const saga_state_plan* s = plan_.state(r_.state)) publish_entry(*s);
  }

  void begin_undoing(std::string why) {
    if (!why.empty()) r_.reason = std::move(why);
    for (saga_taken& e : std::exchange(r_.early, {})) {
      const saga_event_plan& p = plan_of(e);
      if (p.undo && !holds(r_.took, e.type)) take(e);
    }
    r_.joined.clear();
    undo_next();
  }

  void undo_next() {
    r_.phase = saga_phase::undoing;
    while (!r_.done.empty()) {
      saga_taken step = std::move(r_.done.back());
      r_.done.pop_back();
      const saga_event_plan& p = plan_of(step);
      publish(p.undo(r_.data, step.event));
      if (p.confirmed_by.empty()) continue;
      r_.undoing = std::move(step);
      return wait_for_confirmation();
    }
    if (r_.state != saga_compensated) return end(saga_phase::compensated);
    r_.phase = saga_phase::compensated;  // again: its end was told before
    r_.deadline.reset();
  }

  void wait_for_confirmation() {
    r_.phase = saga_phase::undoing;
    r_.deadline = later(now_, plan_of(*r_.undoing).confirm_within);
  }

  // Entering a state may be what an early event waited for, and that may lead further.
  void offer_early() {
    for (std::size_t i = 0; i < r_.early.size();) {
      const saga_taken e = r_.early[i];
      const bool wanted =
          r_.undoing ? plan_of(*r_.undoing).confirmed_by == e.type : state().awaits(e.type);
      if (!wanted) {
        ++i;
        continue;
      }
      r_.early.erase(r_.early.begin() + static_cast<std::ptrdiff_t>(i));
      (void)event(e);
      if (r_.phase != saga_phase::live && r_.phase != saga_phase::undoing) return;
      i = 0;
    }
  }

  const saga_plan& plan_;
  saga_record r_;
  const wall_time now_;
};

saga_record blank(const saga_plan& plan, std::string_view key) {
  saga_record r;
  r.saga = plan.name;
  r.version = plan.version;
  r.key = key;
  return r;
}

void remember(saga_record& r, const saga_input& in) {
  r.in = in;
  if (!in.id) return;
  if (r.seen.size() >= saga_limits::seen_ids) r.seen.erase(r.seen.begin());
  r.seen.push_back(*in.id);
}

saga_verdict apply(stepping& s, const saga_record* before, const saga_input& in,
                   const std::optional<saga_taken>& e) {
  if (in.cause == saga_cause::timeout) return s.timeout();
  if (!e) return s.command(in.cause);
  if (!before) s.start(in);
  return s.event(*e);
}

// The saga as it was, parked for `why`, with the event put by.
saga_record parked(const saga_plan& plan, const saga_record& before, const saga_input& in,
                   const std::optional<saga_taken>& e, const char* why, wall_time now) {
  saga_record was = before;
  if (was.state.empty()) begin(plan, was, in);
  if (e) was.early.push_back(*e);
  stepping s{plan, std::move(was), now};
  s.park(why);
  saga_record r = std::move(s).take();
  remember(r, in);
  return r;
}

}  // namespace

saga_outcome saga_step(const saga_plan& plan, const saga_record* before, std::string_view key,
                       const saga_input& in, wall_time now) {
  std::optional<saga_taken> e;
  if (in.cause == saga_cause::event) {
    if (!in.id || !in.type || !in.event || !plan.event(*in.type)) return {};
    e = saga_taken{*in.id, *in.type, in.version.value_or(1), *in.event};
    if (before && holds(before->seen, *in.id)) return {saga_verdict::duplicate, {}};
    if (!before && plan.before == saga_before::ignore && !plan.states.front().awaits(*in.type))
      return {saga_verdict::before_start, {}};
  } else if (!before) {
    return {};
  }
  const saga_record from = before ? *before : blank(plan, key);
  stepping s{plan, from, now};
  saga_verdict verdict{};
  try {
    verdict = apply(s, before, in, e);
  } catch (const std::exception& why) {
    return {saga_verdict::stepped, parked(plan, from, in, e, why.what(), now)};
  } catch (...) {
    return {saga_verdict::stepped,
            parked(plan, from, in, e, "a function of the definition threw", now)};
  }
  if (verdict != saga_verdict::stepped && verdict != saga_verdict::kept) return {verdict, {}};
  saga_record next = std::move(s).take();
  remember(next, in);
  return {verdict, std::move(next)};
}

}  // namespace ensue
