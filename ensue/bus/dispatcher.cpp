#include <ensue/async/errors.hpp>
#include <ensue/bus/bus_metrics.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/middleware.hpp>
#include <ensue/bus/name_index.hpp>
#include <ensue/bus/on_stack.hpp>
#include <ensue/reliability/dead_letters.hpp>

#include <algorithm>
#include <string>

namespace ensue {

dispatcher::dispatcher(runtime& rt, bus_options options)
    : rt_{rt},
      options_{std::move(options)},
      metrics_{std::make_unique<bus_metrics>(*this)},
      letters_{options_.dead_letters} {
  rt_.metrics().add(*metrics_);
}

dispatcher::~dispatcher() = default;

std::uint64_t dispatcher::emit_counts(event_type_id id, const event_type_info& type,
                                      const void* event) {
  type_entry* const e = id < entries_.size() ? entries_[id].get() : nullptr;
  if (!e || !e->quick || top_) [[unlikely]]
    return emit_anyhow(type, event);
  // The outermost emit writes no variable part of `top_`: a chain of loads and stores through it
  // from one emit to the next would cost more than a handler.
  frame at;
  at.type = e->type;
  at.event = event;
  at.list = e->quick;
  top_ = &at;
  const std::uint64_t counts = walk(at);
  top_ = nullptr;
  return leave(at, nullptr, counts);
}

std::uint64_t dispatcher::emit_anyhow(const event_type_info& type, const void* event) {
  type_entry& e = entry(type);
  return guarded_ ? emit_guarded(e, event, nullptr) : emit_in(e, event, nullptr);
}

emit_result dispatcher::emit_record(record& r) {
  auto& e = static_cast<type_entry&>(*r.pool);
  if (refuses(r)) return {.refused = 1};
  return split(guarded_ ? emit_guarded(e, r.payload(), &r) : emit_in(e, r.payload(), &r));
}

std::uint64_t dispatcher::emit_in(type_entry& e, const void* event, record* rec) {
  dispatch_list& list = list_of(e);
  if (list.delegates.empty()) {
    ++e.unrouted;
    return 0;
  }
  frame at;
  at.outer = top_;
  at.type = e.type;
  at.event = event;
  at.rec = rec;
  at.list = &list;
  if (rec || top_) {
    at.depth = rec ? rec->depth : top_->depth + 1;
    if (!rec && stormy(*e.type, *top_)) return refused;
  }
  top_ = &at;
  const std::uint64_t counts = walk(at);
  top_ = at.outer;
  return leave(at, rec, counts);
}

// Gives back what calls into handlers left in the frame.
inline std::uint64_t dispatcher::leave(frame& at, const record* given, std::uint64_t counts) {
  if (at.rec != given || at.own_story || deferred_) [[unlikely]]
    return clear_away(at, given, counts);
  return counts;
}

std::uint64_t dispatcher::clear_away(frame& at, const record* given, std::uint64_t counts) {
  if (at.rec != given) release(at.rec);
  if (at.own_story) at.drop_story();
  if (deferred_) settle_deferred();  // may free this dispatcher
  return counts;
}

std::uint64_t dispatcher::emit_guarded(type_entry& e, const void* event, record* rec) {
  if (closed_) return refused;
  if (!intercepts_ || (rec && rec->admitted)) return emit_in(e, event, rec);
  const on_stack keep{*this};
  publishing p{*this, e, event, rec};
  const bool passes = middleware_->on_publish(p);
  if (closed_) return refused;
  if (!passes) return count_filtered(e), 0;
  if (p.copied_ && refuses(*p.record_)) return refused;
  return emit_in(e, p.event_, p.record_);
}

// False: a middleware has dropped the event.
bool dispatcher::admit(record& r) {
  if (!intercepts_ || std::exchange(r.admitted, true)) return true;
  const on_stack keep{*this};
  auto& e = static_cast<type_entry&>(*r.pool);
  publishing p{*this, e, r.payload(), &r};
  if (middleware_->on_publish(p)) return true;
  count_filtered(e);
  return false;
}

void dispatcher::count_filtered(type_entry& e) {
  for (subscription_state* s : list_of(e).states) ++s->counts().accepted, ++s->counts().filtered;
}

void dispatcher::use(middleware m) {
  if (!middleware_) middleware_ = std::make_unique<middleware_chain>();
  intercepts_ = intercepts_ || m.on_publish;
  if (intercepts_) guard();
  const bool first_to_wrap = m.wraps() && !wraps_;
  middleware_->add(std::move(m));
  if (!first_to_wrap) return;
  wraps_ = true;
  for (auto& s : states_) {
    s->review();
    silence(*s);
    invalidate(s->type());
  }
  if (deferred_) settle_deferred();
}

emit_result dispatcher::emit_from(frame& cause, event_type_id id, const event_type_info& type,
                                  const void* event) {
  for (const frame* f = top_; f; f = f->outer)
    if (f == &cause) return emit(id, type, event);
  frame* const before = top_;
  frame* const outer = std::exchange(cause.outer, before);
  top_ = &cause;
  const emit_result result = emit(id, type, event);
  top_ = before;
  cause.outer = outer;
  if (deferred_) settle_deferred();
  return result;
}

// Zero cost while nothing throws; after a throw it goes on with the next handler. What each handler
// costs beside its call is one store: `running`.
inline std::uint64_t dispatcher::walk(frame& at) {
  dispatch_list& list = *at.list;
  ++list.walks;
  at.running = list.delegates.data();
  const delegate* const end = at.running + list.delegates.size();
  do {
    try {
      for (const delegate* d = at.running; d != end; at.running = ++d)
        if (!d->call(d->object, at.event)) [[unlikely]]
          not_handled(at);
    } catch (...) {
      tell_failed(at, std::current_exception());
      ++at.running;
    }
  } while (at.running != end);
  return list.delegates.size() + at.counts;
}

void dispatcher::not_handled(frame& at) noexcept {
  --at.counts;
  ++at.list->not_handled[at.list->index_of(*at.running)];
}

void dispatcher::tell_failed(frame& at, std::exception_ptr error) {
  at.counts += frame::one_failed;
  not_handled(at);
  at.settled = true;
  at.list->state_of(*at.running).failed(std::move(error), at);
  at.settled = false;
}

bool dispatcher::walked(const dispatch_list& list) const noexcept {
  for (const frame* f = top_; f; f = f->outer)
    if (f->list == &list) return true;
  return false;
}

record& dispatcher::record_of(frame& at) {
  if (at.rec) return *at.rec;
  ENSUE_ASSERT(at.type->copy, "an event for coroutine handlers must be copyable to be emitted");
  record* r = entry(*at.type).take(*at.type);
  try {
    at.type->copy(r->payload(), at.event);
  } catch (...) {
    r->pool->give_back(r);
    throw;
  }
  r->accepted_at = rt_.turn_time();
  r->depth = at.depth;
  if (at.outer) story_of(at);
  r->story.reset(std::exchange(at.own_story, nullptr));
  at.rec = r;
  return *r;
}

error_code dispatcher::accept(record& r, subscription_state** blocked) {
  if (closed_ || r.story) [[unlikely]]
    if (const error_code ec = refuses(r)) return ec;
  if (guarded_ && !admit(r)) [[unlikely]]
    return {};
  type_entry& e = static_cast<type_entry&>(*r.pool);
  dispatch_list& list = list_of(e);
  bool room = true;
  for (subscription_state* s : list.states) {
    if (s->has_room()) [[likely]]
      continue;
    room = false;
    if (s->must_reject()) {
      s->count_refused();
      return errc::full;
    }
    if (s->must_wait()) {
      *blocked = s;
      return errc::full;
    }
  }
  if (list.states.empty()) ++e.unrouted;
  if (room) {
    for (std::size_t i = 0; i < list.states.size(); ++i) {
      ++list.states[i]->counts().accepted;
      list.states[i]->push(r, list.view(i, r));
    }
    return {};
  }
  // Nothing below calls a user's function, but dropping an old event may run its destructor.
  const on_stack keep{*this};
  for (std::size_t i = 0; i < list.states.size(); ++i) {
    ++list.states[i]->counts().accepted;
    list.states[i]->enqueue(r, list.view(i, r));
  }
  return {};
}

error_code dispatcher::accept_into(record& r, subscription_state** blocked,
                                   std::span<const std::string> names) {
  if (const error_code ec = refuses(r)) return ec;
  if (guarded_ && !admit(r)) return {};
  auto& e = static_cast<type_entry&>(*r.pool);
  const dispatch_list& all = list_of(e);
  const dispatch_list& list = e.inward ? *e.inward : all;
  const auto meant = [&](const subscription_state& s) {
    return std::find(names.begin(), names.end(), s.name()) != names.end();
  };
  bool found = false;
  for (subscription_state* s : list.states) {
    if (!meant(*s)) continue;
    found = true;
    if (s->has_room()) continue;
    if (s->must_wait()) *blocked = s;
    if (s->must_wait() || s->must_reject()) return errc::full;
  }
  if (!found) return errc::not_found;
  const on_stack keep{*this};
  for (std::size_t i = 0; i < list.states.size(); ++i) {
    if (!meant(*list.states[i])) continue;
    ++list.states[i]->counts().accepted;
    list.states[i]->enqueue(r, list.view(i, r));
  }
  return {};
}

subscription_state* dispatcher::blocked_worker(const record& r) {
  return blocked_worker(static_cast<type_entry&>(*r.pool));
}

subscription_state* dispatcher::blocked_worker(type_entry& e) {
  for (subscription_state* s : list_of(e).states)
    if (s->handle().coroutine() && s->must_wait()) return s;
  return nullptr;
}

error_code dispatcher::refuses(const record& r) {
  if (closed_) return errc::closed;
  if (r.story && r.story->account && stormy(r)) [[unlikely]]
    return errc::too_deep;
  return {};
}

void dispatcher::pass_on_room(const record& r, const subscription_state* blocked) {
  if (closed_) return;
  for (subscription_state* s : list_of(static_cast<type_entry&>(*r.pool)).states)
    if (s != blocked && !s->must_wait()) wake_one(s->room_waiters());
}

void dispatcher::count_refused(const record& r, const subscription_state* by) {
  if (closed_) return;
  for (subscription_state* s : list_of(static_cast<type_entry&>(*r.pool)).states)
    if (s == by) s->count_refused();
}

// A new record is caused by the event that is being handled.
void dispatcher::inherit(record& r, frame& cause) {
  r.depth = cause.depth + 1;
  r.story = std::make_unique<lineage>();
  r.story->env.depth = r.depth;
  descend(*r.story, *r.type, cause);
  if (publication* p = cause.waiting(); p && p->holds_outputs && routed(r)) r.waiting = p;
}

// Ids, deadline and trace of what `cause` causes.
void dispatcher::descend(lineage& mine, const event_type_info& type, frame& cause) {
  identify(cause);
  lineage& from = story_of(cause);
  if (!from.account) {
    from.account = std::make_shared<storm_account>();
    from.account->caused = cause.nested;
  }
  ++from.account->caused;
  from.account->note(*cause.type, type);
  mine.account = from.account;
  envelope& env = mine.env;
  env.correlation = from.env.root();
  env.causation = from.env.id;
  env.deadline = from.env.deadline;
  env.replay = from.env.replay;
  const envelope_text& text = from.env.details();
  if (text.trace.valid()) {
    env.edit([&](envelope_text& edited) {
      edited.trace = text.trace;
      edited.trace_state = text.trace_state;
    });
  }
}

lineage& dispatcher::story_of(frame& at) {
  const bool known = at.known_story() != nullptr;
  lineage& story = at.story();
  if (!known && at.outer && !at.rec) descend(story, *at.type, *at.outer);  // a nested emit
  return story;
}

const uuid& dispatcher::identify(frame& at) {
  envelope& env = story_of(at).env;
  if (env.id.nil()) {
    env.time = rt_.wall_now();
    env.id = rt_.new_id();
  }
  return env.id;
}

bool dispatcher::stormy(const record& r) {
  const storm_account& account = *r.story->account;
  if (r.depth <= options_.depth_max && account.caused <= options_.budget_max) return false;
  storm(*r.type, r.depth, nullptr, &account);
  return true;
}

// An emit inside a handler: counted at the outermost frame, without an account while it can be.
bool dispatcher::stormy(const event_type_info& type, frame& cause) {
  frame* first = &cause;
  while (first->outer) first = first->outer;
  const lineage* story = first->known_story();
  storm_account* account = story ? story->account.get() : nullptr;
  if (cause.depth < options_.depth_max) {
    const std::uint64_t caused = account ? ++account->caused : ++first->nested;
    if (caused <= options_.budget_max) return false;
  }
  storm(type, cause.depth + 1, &cause, account);
  return true;
}

// Names the chain that led here, up to where it closes to a cycle.
void dispatcher::storm(const event_type_info& type, std::uint32_t depth, const frame* cause,
                       const storm_account* account) {
  std::vector<const event_type_info*> chain{&type};
  const auto lead_to = [&](const event_type_info* before) {
    const bool closes = std::find(chain.begin(), chain.end(), before) != chain.end();
    chain.push_back(before);
    return closes || chain.size() > 8;
  };
  bool complete = false;
  for (; cause && !complete; cause = cause->outer) complete = lead_to(cause->type);
  while (account && !complete) {
    const event_type_info* before = account->cause_of(*chain.back());
    complete = !before || lead_to(before);
  }
  std::string text{chain.back()->name};
  for (auto at = std::next(chain.rbegin()); at != chain.rend(); ++at)
    text.append(" -> ").append((*at)->name);
  const log_field fields[] = {{"event", type.name},
                              {"depth", static_cast<std::int64_t>(depth)},
                              {"chain", std::string_view{text}}};
  rt_.log().write(log_level::error, "event storm: a chain of caused events was cut", fields);
  tell_publisher(type, text);
  storms_.push_back(std::move(text));
  if (storms_.size() > storms_max) storms_.erase(storms_.begin());
}

// A `publish` below whose handlers this happened hears of it as of a failure.
void dispatcher::tell_publisher(const event_type_info& cut, const std::string& chain) {
  for (const frame* at = top_; at; at = at->outer) {
    publication* const waits = at->waiting();
    if (!waits) continue;
    if (waits->failures().size() >= storms_max) return;  // a storm must not fill memory
    std::string who;
    if (at->running && at->list) who = at->list->state_of(*at->running).name();
    waits->failures().push_back(
        {who, std::string{cut.name},
         std::make_exception_ptr(system_error(errc::too_deep, "a storm was cut: " + chain))});
    return;
  }
}

void dispatcher::report(subscription_state& s, const failure& f) noexcept {
  ++s.failures_;
  const std::string what = f.what();
  const log_field fields[] = {{"handler", std::string_view{f.subscription}},
                              {"event", std::string_view{f.event}},
                              {"error", std::string_view{what}}};
  rt_.log().write(log_level::error, "a handler failed", fields);
  tell(s.settings().on_error, f);
  tell(options_.on_failure, f);
}

// Whoever is told of failures may fail too; that is logged and goes no further.
void dispatcher::tell(const std::function<void(const failure&)>& whom, const failure& f) noexcept {
  if (!whom) return;
  try {
    whom(f);
  } catch (...) {
    const std::string what = describe(std::current_exception());
    const log_field fields[] = {{"handler", std::string_view{f.subscription}},
                                {"error", std::string_view{what}}};
    rt_.log().write(log_level::error, "an error handler failed", fields);
  }
}

}  // namespace ensue
