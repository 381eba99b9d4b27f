#include <ensue/event/time_text.hpp>
#include <ensue/flow/saga_plan.hpp>

#include <algorithm>
#include <set>

namespace ensue {

const std::string* saga_state_plan::target_of(std::string_view type) const noexcept {
  for (const auto& [event, target] : on)
    if (event == type) return &target;
  return nullptr;
}

bool saga_state_plan::joins(std::string_view type) const noexcept {
  return std::find(join.begin(), join.end(), type) != join.end();
}

const saga_event_plan* saga_plan::event(std::string_view type) const noexcept {
  for (const saga_event_plan& e : events)
    if (e.type == type) return &e;
  return nullptr;
}

const saga_state_plan* saga_plan::state(std::string_view wanted) const noexcept {
  for (const saga_state_plan& s : states)
    if (s.name == wanted) return &s;
  return nullptr;
}

bool saga_plan::awaits_later(std::string_view from, std::string_view type) const {
  std::set<std::string_view> known;
  std::vector<const saga_state_plan*> next{state(from)};
  while (!next.empty()) {
    const saga_state_plan* s = next.back();
    next.pop_back();
    if (!s) continue;
    const auto follow = [&](std::string_view target) {
      const saga_state_plan* t = state(target);
      if (t && known.insert(t->name).second) next.push_back(t);
      return t && t->awaits(type);
    };
    bool found = !s->join.empty() && follow(s->join_target);
    if (s->within) found = follow(s->on_timeout) || found;
    for (const auto& step : s->on) found = follow(step.second) || found;
    if (found) return true;
  }
  return false;
}

bool saga_plan::rests_in(const saga_state_plan& s) const noexcept {
  if (s.name == saga_completed || s.name == saga_compensated || s.name == saga_parked) return false;
  return &s != states.data() || before == saga_before::start || !s.join.empty();
}

namespace {

std::string seconds(duration d) { return duration_text(d.count(), 1); }

void describe(const saga_event_plan& e, std::string& out) {
  out += "  event " + e.type + " v" + std::to_string(e.version);
  if (e.undo) out += ", undone by " + e.undo_type;
  if (!e.confirmed_by.empty())
    out += ", confirmed by " + e.confirmed_by + " within " + seconds(e.confirm_within);
  out += '\n';
}

void describe(const saga_state_plan& s, std::string& out) {
  out += "  state " + s.name + '\n';
  for (const auto& effect : s.effects) out += "    publish " + effect.type + '\n';
  for (const auto& [type, target] : s.on) out += "    on " + type + " -> " + target + '\n';
  if (!s.join.empty()) {
    out += "    on all of";
    for (const std::string& type : s.join) out += ' ' + type;
    out += " -> " + s.join_target + '\n';
  }
  if (s.within) out += "    after " + seconds(*s.within) + " -> " + s.on_timeout + '\n';
}

}  // namespace

std::string saga_plan::text() const {
  std::string out = name + " v" + std::to_string(version) + '\n';
  for (const saga_event_plan& e : events) describe(e, out);
  for (const saga_state_plan& s : states) describe(s, out);
  return out;
}

namespace {

bool is_end(std::string_view name) {
  return name == saga_completed || name == saga_compensated || name == saga_parked;
}

/// Collects the sentences about one definition.
class check {
 public:
  explicit check(const saga_plan& p) : plan_{p} {}

  std::vector<std::string> run() {
    if (plan_.name.empty()) say("has no name");
    if (plan_.version < 1)
      say("has version " + std::to_string(plan_.version) + ", they start at 1");
    if (plan_.states.empty()) return say("has no state"), std::move(faults_);
    for (const saga_event_plan& e : plan_.events) look_at(e);
    for (const saga_state_plan& s : plan_.states) look_at(s);
    reach();
    for (const saga_state_plan& s : plan_.states) follow_timeouts(s);
    return std::move(faults_);
  }

 private:
  void say(const std::string& what) { once("saga " + plan_.name + ' ' + what); }
  void say(const saga_state_plan& s, const std::string& what) {
    once("saga " + plan_.name + ", state " + s.name + ": " + what);
  }
  void once(std::string sentence) {
    if (std::find(faults_.begin(), faults_.end(), sentence) == faults_.end())
      faults_.push_back(std::move(sentence));
  }

  bool leads_somewhere(std::string_view target) const {
    return is_end(target) || plan_.state(target);
  }

  void look_at(const saga_event_plan& e) {
    const auto same = [&](const saga_event_plan& other) { return other.type == e.type; };
    if (std::count_if(plan_.events.begin(), plan_.events.end(), same) > 1)
      say("declares the event " + e.type + " twice");
    bool used = false;
    for (const saga_state_plan& s : plan_.states) used = used || s.awaits(e.type);
    for (const saga_event_plan& other : plan_.events) used = used || other.confirmed_by == e.type;
    if (!used) say("declares the event " + e.type + ", but no state waits for it");
    if (!e.confirmed_by.empty() && !plan_.event(e.confirmed_by))
      say("waits for " + e.confirmed_by + ", an event it does not declare");
    if (!e.confirmed_by.empty() && e.confirm_within <= duration::zero())
      say("waits for " + e.confirmed_by + " without a time-out");
  }

  void look_at(const saga_state_plan& s) {
    const auto same = [&](const saga_state_plan& other) { return other.name == s.name; };
    if (std::count_if(plan_.states.begin(), plan_.states.end(), same) > 1)
      say(s, "is declared twice");
    for (const auto& [type, target] : s.on) look_at_step(s, type, target);
    for (const std::string& type : s.join) look_at_joined(s, type);
    if (!s.join.empty() && !leads_somewhere(s.join_target))
      say(s, "its join leads to " + s.join_target + ", which is no state");
    if (is_end(s.name)) {
      if (!s.on.empty() || !s.join.empty() || s.within) say(s, "an end cannot be left");
      return;
    }
    if (s.within && *s.within <= duration::zero()) say(s, "its time-out is not after its begin");
    if (s.within && !leads_somewhere(s.on_timeout))
      say(s, "its time-out leads to " + s.on_timeout + ", which is no state");
    if (!s.within && plan_.rests_in(s))
      say(s, "has no time-out: a saga could wait there for ever; give it .within(…)");
  }

  void look_at_step(const saga_state_plan& s, const std::string& type, const std::string& target) {
    if (!plan_.event(type)) say(s, "waits for " + type + ", an event it does not declare");
    if (!leads_somewhere(target)) say(s, type + " leads to " + target + ", which is no state");
    const auto same = [&](const auto& other) { return other.first == type; };
    if (std::count_if(s.on.begin(), s.on.end(), same) > 1) say(s, type + " leads to two states");
  }

  void look_at_joined(const saga_state_plan& s, const std::string& type) {
    if (!plan_.event(type))
      say(s, "its join can never complete: " + type + " is an event it does not declare");
    if (s.target_of(type))
      say(s, "its join can never complete: " + type + " leads to " + *s.target_of(type));
    if (std::count(s.join.begin(), s.join.end(), type) > 1)
      say(s, "its join can never complete: it waits for " + type + " twice");
  }

  void reach() {
    std::set<std::string_view> reached{plan_.states.front().name};
    std::vector<std::string_view> next{plan_.states.front().name};
    const auto follow = [&](std::string_view target) {
      if (reached.insert(target).second) next.push_back(target);
    };
    while (!next.empty()) {
      const saga_state_plan* s = plan_.state(next.back());
      next.pop_back();
      if (!s) continue;
      for (const auto& step : s->on) follow(step.second);
      if (!s->join.empty()) follow(s->join_target);
      if (s->within) follow(s->on_timeout);
    }
    for (const saga_state_plan& s : plan_.states)
      if (!is_end(s.name) && !reached.contains(s.name)) say(s, "can never be reached");
    if (!reached.contains(saga_completed)) say("can never complete: no path leads there");
  }

  void follow_timeouts(const saga_state_plan& from) {
    const saga_state_plan* s = &from;
    for (std::size_t hops = 0; s && s->within && !is_end(s->on_timeout); ++hops) {
      s = plan_.state(s->on_timeout);
      if (s != &from && hops < plan_.states.size()) continue;
      if (s == &from) say(from, "its time-outs lead in a circle: the saga would never end");
      return;
    }
  }

  const saga_plan& plan_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> saga_plan::faults() const { return check{*this}.run(); }

}  // namespace ensue
