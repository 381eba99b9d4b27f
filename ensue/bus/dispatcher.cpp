#include <ensue/bus/dispatcher.hpp>

#include <ensue/async/errors.hpp>
#include <ensue/bus/on_stack.hpp>

#include <algorithm>
#include <string>

namespace ensue {

dispatcher::dispatcher(runtime& rt, bus_options options) : rt_{rt}, options_{std::move(options)} {}

dispatcher::~dispatcher() = default;

std::uint64_t dispatcher::emit_counts(event_type_id id, const event_type_info& type,
                                      const void* event, record* rec, publication* waiting) {
  if (closed_) [[unlikely]]
    return refused;
  type_entry& e = entry(id, type);
  dispatch_list& list = list_of(e);
  if (list.delegates.empty()) {
    ++e.unrouted;
    return 0;
  }
  frame at;
  at.outer = top_;
  at.type = &type;
  at.event = event;
  at.rec = rec;
  at.waiting = waiting;
  at.list = &list;
  if (rec || top_) [[unlikely]] {
    at.depth = rec ? rec->depth : top_->depth + 1;
    if (at.depth > options_.depth_max && storm(type, at.depth, top_)) return refused;
  }
  top_ = &at;
  const std::uint64_t delivered = walk(at, list) + at.queued;
  const std::uint64_t failed = at.failed;
  top_ = at.outer;
  if (at.rec != rec) [[unlikely]]
    release(at.rec);
  if (at.own_story) [[unlikely]]
    at.drop_story();
  if (deferred_) [[unlikely]]
    settle_deferred();  // may free this dispatcher
  return delivered | failed << 32;
}

// Zero cost while nothing throws; after a throw it goes on with the next handler.
std::uint32_t dispatcher::walk(frame& at, dispatch_list& list) {
  delegate* const all = list.delegates.data();
  const std::size_t size = list.delegates.size();
  const void* const event = at.event;
  std::size_t i = 0;
  std::uint32_t delivered = 0;
  at.running = list.states.data();
  for (;;) {
    try {
      for (; i < size; ++i, ++at.running) {
        delegate& d = all[i];
        ++d.accepted;
        const bool handled = d.call(d.object, event);
        d.handled += handled;
        delivered += handled;
      }
      break;
    } catch (...) {
      ++at.failed;
      (*at.running)->failed(std::current_exception(), at);
      ++i, ++at.running;
    }
  }
  at.running = nullptr;
  return delivered;
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
  r->story.reset(std::exchange(at.own_story, nullptr));
  at.rec = r;
  return *r;
}

error_code dispatcher::accept(record& r, subscription_state** blocked) {
  if (closed_) return errc::closed;
  if (r.story && r.story->account && stormy(r)) [[unlikely]]
    return errc::too_deep;
  type_entry& e = static_cast<type_entry&>(*r.pool);
  dispatch_list& list = list_of(e);
  for (subscription_state* s : list.states) {
    if (s->must_reject()) return errc::full;
    if (s->must_wait()) {
      *blocked = s;
      return errc::full;
    }
  }
  if (list.states.empty()) ++e.unrouted;
  // Nothing below calls a user's function, but dropping an old event may run its destructor.
  const on_stack keep{*this};
  for (std::size_t i = 0; i < list.states.size(); ++i) {
    const void* view = list.upcasts[i] ? list.upcasts[i](r.payload()) : r.payload();
    ++list.states[i]->counts().accepted;
    list.states[i]->enqueue(r, view);
  }
  return {};
}

subscription_state* dispatcher::blocked_worker(const event_type_info& type) {
  for (subscription_state* s : list_of(entry(type)).states)
    if (s->handle().coroutine() && s->must_wait()) return s;
  return nullptr;
}

// A new record is caused by the event that is being handled: ids, depth, deadline and trace.
void dispatcher::inherit(record& r, frame& cause) {
  r.depth = cause.depth + 1;
  identify(cause);
  lineage& from = cause.story();
  if (!from.account) from.account = std::make_shared<storm_account>();
  ++from.account->caused;
  r.story = std::make_unique<lineage>();
  r.story->account = from.account;
  envelope& env = r.story->env;
  env.depth = r.depth;
  env.correlation = from.env.root();
  env.causation = from.env.id;
  env.deadline = from.env.deadline;
  const envelope_text& text = from.env.details();
  if (text.trace.valid()) {
    env.edit([&](envelope_text& mine) {
      mine.trace = text.trace;
      mine.trace_state = text.trace_state;
    });
  }
}

bool dispatcher::stormy(const record& r) {
  return (r.depth > options_.depth_max || r.story->account->caused > options_.budget_max) &&
         storm(*r.type, r.depth, top_);
}

const uuid& dispatcher::identify(frame& at) {
  envelope& env = at.story().env;
  if (env.id.nil()) {
    env.time = rt_.wall_now();
    env.id = rt_.new_id();
    if (at.outer && !at.rec) {  // nested emits: the outer event is the cause
      env.causation = identify(*at.outer);
      env.correlation = at.outer->story().env.root();
    }
  }
  return env.id;
}

// True: the event must be refused. Names the chain that led here.
bool dispatcher::storm(const event_type_info& type, std::uint32_t depth, const frame* cause) {
  std::string chain{type.name};
  int shown = 0;
  for (const frame* f = cause; f && shown < 8; f = f->outer, ++shown)
    chain = std::string{f->type->name} + " -> " + chain;
  const log_field fields[] = {{"event", type.name},
                              {"depth", static_cast<std::int64_t>(depth)},
                              {"chain", std::string_view{chain}}};
  rt_.log().write(log_level::error, "event storm: a chain of caused events was cut", fields);
  storms_.push_back(std::move(chain));
  if (storms_.size() > 16) storms_.erase(storms_.begin());
  return true;
}

void dispatcher::report(const subscription_state& s, const failure& f) noexcept {
  try {
    const std::string what = f.what();
    const log_field fields[] = {{"handler", std::string_view{f.subscription}},
                                {"event", std::string_view{f.event}},
                                {"error", std::string_view{what}}};
    rt_.log().write(log_level::error, "a handler failed", fields);
    if (s.settings().on_error) s.settings().on_error(f);
  } catch (...) {
    const std::string what = describe(std::current_exception());
    const log_field fields[] = {{"handler", std::string_view{f.subscription}},
                                {"error", std::string_view{what}}};
    rt_.log().write(log_level::error, "an error handler failed", fields);
  }
}

}  // namespace ensue
