#include <ensue/flow/job_table.hpp>

#include <algorithm>
#include <cstdlib>

namespace ensue {
namespace {

bool waits(const job_record& j) noexcept { return j.state <= job_state::scheduled; }

wall_time add(wall_time t, duration d) noexcept {
  if (d >= duration::zero()) return d > wall_time::max() - t ? wall_time::max() : t + d;
  return t < wall_time::min() - d ? wall_time::min() : t + d;
}

std::uint64_t bytes_of(const job_record& j) noexcept {
  return j.args.size() + (j.result ? j.result->size() : 0);
}

}  // namespace

std::uint64_t* job_table::count_of(job_state s) noexcept {
  switch (s) {
    case job_state::queued:
    case job_state::scheduled: return &counts_.waiting;
    case job_state::running: return &counts_.running;
    case job_state::done: return &counts_.done;
    case job_state::failed: return &counts_.failed;
    case job_state::cancelled: return &counts_.cancelled;
    case job_state::expired: break;
  }
  return &counts_.expired;
}

job_table::rank job_table::rank_of(const job_record& j) const {
  return {add(j.due, -limits_.priority_step * j.priority), j.number, j.id};
}

// When it lapses: is not begun in time, loses its lease, its result goes, or the rest of it.
std::optional<wall_time> job_table::moment_of(const job_record& j) const {
  if (waits(j)) return j.begin_by;
  if (j.state == job_state::running) return j.lease_until;
  return add(*j.ended, j.result_expires);
}

void job_table::index(const job_record& j) {
  bytes_ += bytes_of(j);
  if (waits(j)) {
    lane& l = lanes_[j.name];
    l.later.insert({j.due, j.number, j.id});
  }
  if (!has_ended(j.state)) {
    if (j.unique_key) keys_.insert_or_assign({j.name, *j.unique_key}, j.id);
  } else {
    ended_.insert({*j.ended, j.id});
  }
  if (const auto when = moment_of(j)) moments_.insert({*when, j.id});
}

void job_table::unindex(const job_record& j) {
  bytes_ -= bytes_of(j);
  if (const auto at = lanes_.find(j.name); waits(j) && at != lanes_.end()) {
    at->second.later.erase({j.due, j.number, j.id});
    at->second.ready.erase(rank_of(j));
    if (at->second.later.empty() && at->second.ready.empty()) lanes_.erase(at);
  }
  if (has_ended(j.state)) {
    ended_.erase({*j.ended, j.id});
  } else if (j.unique_key) {
    keys_.erase({j.name, *j.unique_key});
  }
  if (const auto when = moment_of(j)) moments_.erase({*when, j.id});
}

// Changes a job that is in the table: everything that finds it is kept right.
template <class F>
void job_table::edit(job_record& j, F f) {
  unindex(j);
  const job_state before = j.state;
  f();
  // What has expired after it had ended stays counted as what it was.
  if (before != j.state && !has_ended(before)) {
    --*count_of(before);
    ++*count_of(j.state);
  }
  index(j);
  changed_.insert(j.id);
}

job_table::record_ptr job_table::duplicate_of(const new_job& j) const {
  if (const auto same = jobs_.find(j.id); same != jobs_.end()) return same->second;
  if (!j.unique_key) return nullptr;
  const auto at = keys_.find({j.name, *j.unique_key});
  return at == keys_.end() ? nullptr : jobs_.at(at->second);
}

bool job_table::acceptable(const new_job& j) const {
  return j.args.size() <= limits_.args_bytes_max && std::abs(j.priority) <= priority_max &&
         !j.name.empty() && valid_utf8(j.name) && valid_utf8(j.args) &&
         (!j.unique_key || valid_utf8(*j.unique_key));
}

result<enqueued_job> job_table::enqueue(new_job j, wall_time now) {
  expire(now);
  if (const record_ptr there = duplicate_of(j)) {
    ++counts_.duplicates;
    return enqueued_job{there->id, there->id != j.id};
  }
  if (!acceptable(j)) return make_error_code(errc::invalid);
  const bool crowded = lanes_.size() >= names_max && !lanes_.contains(j.name);
  if (live() >= limits_.waiting_max || crowded || bytes_ + j.args.size() > limits_.bytes_max) {
    ++counts_.refused;
    return make_error_code(errc::full);
  }
  auto r = std::make_shared<job_record>();
  r->id = j.id;
  r->number = ++last_number_;
  r->name = std::move(j.name);
  r->args = std::move(j.args);
  r->priority = j.priority;
  r->unique_key = std::move(j.unique_key);
  r->enqueued = now;
  r->due = add(now, std::max(j.delay, duration{}));
  if (j.begin_within) r->begin_by = add(now, *j.begin_within);
  r->result_expires = j.result_expires;
  r->attempts = j.attempts;
  r->timeout = j.timeout;
  jobs_.emplace(r->id, r);
  index(*r);
  changed_.insert(r->id);
  ++counts_.recorded;
  ++counts_.waiting;
  return enqueued_job{r->id, false};
}

void job_table::promote(lane& l, wall_time now) {
  while (!l.later.empty() && std::get<0>(*l.later.begin()) <= now) {
    l.ready.insert(rank_of(*jobs_.at(std::get<2>(*l.later.begin()))));
    l.later.erase(l.later.begin());
  }
}

// The lane whose first job goes before those of the others; null: nothing may begin now.
job_table::lane* job_table::best_of(const job_claim& c, wall_time now, duration& next) {
  lane* best = nullptr;
  for (const std::string& name : c.names) {
    const auto at = lanes_.find(name);
    if (at == lanes_.end()) continue;
    lane& l = at->second;
    promote(l, now);
    if (!l.later.empty()) next = std::min(next, std::get<0>(*l.later.begin()) - now);
    if (l.ready.empty()) continue;
    if (!best || *l.ready.begin() < *best->ready.begin()) best = &l;
  }
  return best;
}

job_record& job_table::begin_lease(const uuid& id, const job_claim& c, wall_time now) {
  job_record& j = *jobs_.at(id);
  edit(j, [&] {
    j.state = job_state::running;
    ++j.token;
    j.worker = job_text(c.worker);
    j.lease_until = add(now, c.lease);
    if (!j.first_begun) j.first_begun = now;
    j.begin_by.reset();  // it was begun in time
    j.progress = 0;
    j.progress_text.clear();
  });
  ++counts_.begun;
  return j;
}

claimed_jobs job_table::claim(const job_claim& c, wall_time now) {
  claimed_jobs out;
  expire(now);
  while (out.jobs.size() < c.most) {
    lane* const from = best_of(c, now, out.next);
    if (!from) break;
    const uuid id = std::get<2>(*from->ready.begin());
    out.jobs.push_back(begin_lease(id, c, now));
  }
  // Somebody's lease may end, and his job be for this one.
  if (!moments_.empty())
    out.next = std::min(out.next, std::max(moments_.begin()->first - now, duration{}));
  return out;
}

// Null: that lease is lost.
job_table::record_ptr job_table::held(const job_lease& l, wall_time now) {
  expire(now);
  const auto at = jobs_.find(l.id);
  if (at != jobs_.end() && at->second->token == l.token) return at->second;
  ++counts_.fenced;
  return nullptr;
}

result<job_wish> job_table::extend(const job_lease& l, duration lease, const job_beat& beat,
                                   wall_time now) {
  const record_ptr j = held(l, now);
  if (!j || j->state != job_state::running) return make_error_code(errc::refused);
  moments_.erase({*j->lease_until, j->id});
  j->lease_until = add(now, lease);
  moments_.insert({*j->lease_until, j->id});
  j->progress = beat.progress;
  j->progress_text = job_text(beat.progress_text);
  return j->cancel_asked ? job_wish::cancel : job_wish::go_on;
}

result<> job_table::finish(const job_lease& l, job_outcome o, wall_time now) {
  using kind = job_outcome::kind;
  const record_ptr found = held(l, now);
  if (!found) return make_error_code(errc::refused);
  job_record& j = *found;
  if (j.state != job_state::running) return {};  // told twice
  if (o.result && (o.result->size() > limits_.result_bytes_max || !valid_utf8(*o.result)))
    return make_error_code(errc::invalid);
  j.progress = std::clamp(o.progress, 0.0, 1.0);
  if (o.attempt) {
    ++j.failed;
    if (j.history.size() == history_max) j.history.erase(j.history.begin());
    o.attempt->error = job_text(o.attempt->error);
    j.history.push_back(*std::move(o.attempt));
  }
  if (o.end == kind::done) {
    unindex(j);
    j.result = std::move(o.result);
    index(j);
    end(j, job_state::done, {}, now);
  } else if (o.end == kind::failed) {
    end(j, job_state::failed, job_text(o.error), now);
  } else if (o.end == kind::cancelled || j.cancel_asked) {
    end(j, job_state::cancelled, job_text(o.error), now);
  } else {
    const bool again = o.end == kind::again;
    ++(again ? counts_.retried : counts_.released);
    edit(j, [&] {
      j.state = job_state::queued;
      j.lease_until.reset();
      if (again) j.due = add(now, o.wait);
    });
  }
  return {};
}

void job_table::end(job_record& j, job_state as, std::string error, wall_time now) {
  edit(j, [&] {
    j.state = as;
    j.ended = now;
    j.lease_until.reset();
    j.cancel_asked = false;
    if (as != job_state::failed) j.args.clear();
    if (!error.empty()) j.error = std::move(error);
  });
  make_room();
}

void job_table::lose(job_record& j, wall_time now) {
  ++counts_.lost;
  edit(j, [&] {
    ++j.lost;
    ++j.token;  // so that the worker that comes too late is refused
    j.state = job_state::queued;
    j.lease_until.reset();
  });
  if (j.cancel_asked) {
    end(j, job_state::cancelled, "its worker had gone", now);
  } else if (j.lost >= limits_.lost_max) {
    end(j, job_state::failed,
        "its worker was lost " + std::to_string(j.lost) + " times, the last one " + j.worker, now);
  }
}

void job_table::forget(uuid id) {
  const auto at = jobs_.find(id);
  unindex(*at->second);
  jobs_.erase(at);
  changed_.insert(id);
}

void job_table::make_room() {
  while (!ended_.empty() && (ended_.size() > limits_.results_max || bytes_ > limits_.bytes_max)) {
    forget(ended_.begin()->second);
    ++counts_.forgotten;
  }
}

// Its own reference: the job may be forgotten on the way.
void job_table::lapse(record_ptr j, wall_time now) {
  if (waits(*j)) {
    end(*j, job_state::expired, "it was not begun in time", now);
  } else if (j->state == job_state::running) {
    lose(*j, now);
  } else if (j->state == job_state::expired) {
    forget(j->id);
  } else {
    const wall_time when = *moment_of(*j);
    edit(*j, [&] {
      j->state = job_state::expired;
      j->ended = when;
      j->result.reset();
      j->args.clear();
      j->error = "its result was kept as long as asked";
    });
  }
}

void job_table::expire(wall_time now) {
  while (!moments_.empty() && moments_.begin()->first <= now)
    lapse(jobs_.at(moments_.begin()->second), now);
}

result<job_record> job_table::cancel(const uuid& id, wall_time now) {
  expire(now);
  const auto at = jobs_.find(id);
  if (at == jobs_.end()) return make_error_code(errc::not_found);
  job_record& j = *at->second;
  if (has_ended(j.state)) return make_error_code(errc::closed);
  if (waits(j)) {
    const record_ptr hold = at->second;
    end(j, job_state::cancelled, "it was cancelled before it ran", now);
    return *hold;
  }
  edit(j, [&] { j.cancel_asked = true; });
  return j;
}

job_record job_table::shown(const job_record& j, wall_time now) const {
  job_record out = j;
  if (waits(j)) out.state = j.due > now ? job_state::scheduled : job_state::queued;
  return out;
}

result<job_record> job_table::find(const uuid& id, wall_time now) {
  expire(now);
  const auto at = jobs_.find(id);
  if (at == jobs_.end()) return make_error_code(errc::not_found);
  return shown(*at->second, now);
}

std::vector<job_record> job_table::list(const job_filter& f, wall_time now) {
  expire(now);
  std::map<std::uint64_t, const job_record*> by_number;
  for (const auto& [id, j] : jobs_) by_number.emplace(j->number, j.get());
  std::vector<job_record> out;
  for (const auto& [number, j] : by_number) {
    if (out.size() >= f.most) break;
    job_record one = shown(*j, now);
    if (f.fits(one)) out.push_back(std::move(one));
  }
  return out;
}

job_account job_table::account() const noexcept {
  job_account a = counts_;
  a.results = ended_.size();
  a.bytes = bytes_;
  return a;
}

std::vector<job_table::change> job_table::take_changes() {
  std::vector<change> out;
  for (const uuid& id : std::exchange(changed_, {})) {
    const auto at = jobs_.find(id);
    out.emplace_back(id, at == jobs_.end() ? nullptr : at->second);
  }
  return out;
}

void job_table::restore(job_record j) {
  last_number_ = std::max(last_number_, j.number);
  const uuid id = j.id;
  jobs_.insert_or_assign(id, std::make_shared<job_record>(std::move(j)));
}

void job_table::restore_gone(const uuid& id) { jobs_.erase(id); }

void job_table::restored(wall_time now) {
  for (const auto& [id, j] : jobs_) {
    if (j->state == job_state::scheduled) j->state = job_state::queued;
    index(*j);
    ++counts_.recorded;
    ++*count_of(j->state);
  }
  std::vector<record_ptr> ran;
  for (const auto& [id, j] : jobs_)
    if (j->state == job_state::running) ran.push_back(j);
  for (const record_ptr& j : ran) lose(*j, now);
  make_room();
}

}  // namespace ensue
