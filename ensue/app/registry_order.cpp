// In which order components start and stop.
#include <ensue/app/registry.hpp>
#include <ensue/app/registry_entry.hpp>
#include <ensue/app/spelling.hpp>

#include <algorithm>

namespace ensue {

// Names to entries.
void registry::resolve() {
  for (const entry_ref& e : entries_) {
    e->needs.clear();
    for (const std::string& name : e->options.depends_on) {
      const auto at = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const entry_ref& other) { return other->name == name; });
      if (at == entries_.end())
        throw start_error{"component \"" + e->name + "\" depends on \"" + name +
                          "\", which is not registered" + suggestion(name, names())};
      e->needs.push_back(at->get());
    }
  }
}

// Ranks, one after the other, whatever needs nothing that is left; what stays then goes round in
// a circle.
void registry::rank() {
  std::vector<entry*> left;
  for (const entry_ref& e : entries_) left.push_back(e.get());
  const auto is_left = [&](const entry* e) {
    return std::find(left.begin(), left.end(), e) != left.end();
  };
  const auto free = [&](const entry* e) {
    return std::none_of(e->needs.begin(), e->needs.end(), is_left);
  };
  for (std::size_t rank = 0;; ++rank) {
    const auto at = std::find_if(left.begin(), left.end(), free);
    if (at == left.end()) break;
    (*at)->rank = rank;
    left.erase(at);
  }
  if (left.empty()) return;
  std::vector<const entry*> path{left.front()};
  for (;;) {
    const auto& needs = path.back()->needs;
    const entry* next = *std::find_if(needs.begin(), needs.end(), is_left);
    const auto seen = std::find(path.begin(), path.end(), next);
    path.push_back(next);
    if (seen == path.end() - 1 || std::count(path.begin(), path.end(), next) < 2) continue;
    path.erase(path.begin(), std::find(path.begin(), path.end(), next));
    break;
  }
  std::string text;
  for (const entry* e : path) text += (text.empty() ? "" : " -> ") + e->name;
  throw start_error{"components depend on each other: " + text};
}

bool registry::startable(const entry& e) const {
  return e.state == component_state::down && !e.starting &&
         std::all_of(e.needs.begin(), e.needs.end(),
                     [](const entry* n) { return n->state == component_state::up; });
}

// True while something has still to come up.
bool registry::launch_ready() {
  bool waiting = false;
  for (const entry_ref& e : entries_) {
    if (startable(*e)) {
      e->state = component_state::starting;
      e->starting = launch("begin", e, start_one(e));
    }
    waiting |= e->state != component_state::up;
  }
  return waiting;
}

task<> registry::start() {
  aborted_ = stopping_ = false;
  resolve();
  rank();
  std::string failure;
  while (!aborted_ && launch_ready()) {
    co_await wait_in(changed_, bus_.rt(), "start of the components");
    for (const entry_ref& e : entries_) {
      if (!e->starting || !e->starting->finished()) continue;
      const std::exception_ptr error = std::exchange(e->starting, {})->error();
      if (!error) {
        come_up(e);
      } else if (e->state = component_state::failed; failure.empty()) {
        failure = "component \"" + e->name + "\" did not start: " + describe(error);
        aborted_ = true;
      }
    }
  }
  if (!aborted_) co_return;
  co_await roll_back();
  throw start_error{failure.empty() ? abort_reason_ : failure};
}

void registry::keep_for_stop(const entry_ref& e) {
  const auto after = std::find_if(up_.begin(), up_.end(),
                                  [&](const entry_ref& other) { return other->rank > e->rank; });
  up_.insert(after, e);
}

void registry::come_up(const entry_ref& e) {
  e->state = component_state::up;
  e->needs_stop = true;
  keep_for_stop(e);
  if (e->it->has_run()) e->life = launch("run", e, live(e));
  (void)bus_.emit<component_started>(e->name);
}

void registry::abort_start(std::string reason) {
  aborted_ = true;
  abort_reason_ = std::move(reason);
  wake_all(changed_);
}

task<> registry::roll_back() {
  stopping_ = true;
  for (const entry_ref& e : entries_)
    if (e->starting) e->starting->cancel();
  const auto pending = [&] {
    return std::any_of(entries_.begin(), entries_.end(),
                       [](const entry_ref& e) { return e->starting && !e->starting->finished(); });
  };
  runtime& rt = bus_.rt();
  bell late{rt, changed_,
            saturating_add(rt.now(), std::min<duration>(limits::component_stop, at_most_))};
  const exposed_bell at_end{stop_bell_, &late};
  while (pending() && !late.rang()) co_await wait_in(changed_, rt, "starts that were cancelled");
  for (const entry_ref& e : entries_) {
    if (!e->starting) continue;
    const auto began = std::exchange(e->starting, {});
    e->state = component_state::down;
    if (!began->finished()) {
      note_hung(*e, "start");
    } else if (!began->error()) {
      e->needs_stop = true;
      keep_for_stop(e);
    }
  }
  co_await stop();
}

task<> registry::stop_intake(duration within) {
  runtime& rt = bus_.rt();
  bell late{rt, changed_, saturating_add(rt.now(), std::min(within, at_most_))};
  const exposed_bell at_end{stop_bell_, &late};
  struct asked {
    entry_ref e;
    reference<job_of<void>> answer;
  };
  std::vector<asked> all;
  for (auto e = up_.rbegin(); e != up_.rend(); ++e)
    if ((*e)->it->has_intake() && (*e)->needs_stop)
      all.push_back({*e, launch("stop_intake", *e, (*e)->it->stop_intake())});
  const auto pending = [&] {
    return std::any_of(all.begin(), all.end(),
                       [](const asked& a) { return !a.answer->finished(); });
  };
  while (pending() && !late.rang()) co_await wait_in(changed_, rt, "components' intake");
  for (const asked& a : all) {
    if (!a.answer->finished()) {
      a.answer->cancel();
      note_hung(*a.e, "stop_intake");
    } else if (a.answer->error()) {
      note_failure(*a.e, "stop_intake", describe(a.answer->error()));
    }
  }
}

task<stop_report> registry::stop(duration at_most) {
  stopping_ = true;
  at_most_ = std::min(at_most_, at_most);
  stop_report report;
  while (!up_.empty()) {
    const entry_ref e = up_.back();
    co_await stop_one(e, report);
    up_.pop_back();
  }
  co_return report;
}

void registry::hurry(duration at_most) {
  at_most_ = std::min(at_most_, at_most);
  if (!stop_bell_) return;
  const time_point soon = saturating_add(bus_.rt().now(), at_most);
  stop_bell_->move_to(std::min(stop_bell_->when(), soon));
}

task<> registry::stop_one(entry_ref e, stop_report& report) {
  runtime& rt = bus_.rt();
  const time_point until = saturating_add(rt.now(), std::min(e->options.stop_timeout, at_most_));
  // In the middle of a restart there is nothing to stop but the restart.
  if (!e->needs_stop && e->life) e->life->cancel();
  e->state = component_state::stopping;
  step_end end = step_end::done;
  if (std::exchange(e->needs_stop, false)) {
    std::exception_ptr error;
    end = co_await bounded(e, "stop", e->it->stop(), until - rt.now(), error);
  }
  if (e->life && !e->life->finished()) {
    e->life->cancel();
    std::exception_ptr error;
    bell late{rt, changed_, std::min(until, saturating_add(rt.now(), at_most_))};
    const exposed_bell at_end{stop_bell_, &late};
    while (!e->life->finished() && !late.rang())
      co_await wait_in(changed_, rt, "a component's run");
    if (!e->life->finished() && end != step_end::hung) {
      note_hung(*e, "run");
      end = step_end::hung;
    }
  }
  e->state = component_state::down;
  if (end == step_end::hung) report.hung.push_back(e->name);
  if (end == step_end::failed) report.failed.push_back(e->name);
  if (end != step_end::hung) (void)bus_.emit<component_stopped>(e->name);
}

}  // namespace ensue
