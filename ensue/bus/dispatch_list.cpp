// The routing tables: who gets which event, and how they change while events are on their way.
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/event_ref.hpp>
#include <ensue/bus/name_index.hpp>
#include <ensue/bus/on_stack.hpp>
#include <ensue/event/topic.hpp>

#include <algorithm>

namespace ensue {
namespace {

bool call_through_state(void* object, const void* view) {
  auto& s = *static_cast<subscription_state*>(object);
  return s.call_now(view, *s.engine().top());
}

bool call_through_shim(void* object, const void* event) {
  const auto& shim = *static_cast<const dispatch_list::shim*>(object);
  return shim.call(shim.object, shim.upcast(event));
}

}  // namespace

type_entry& dispatcher::make_entry(const event_type_info& type) {
  const event_type_id id = type.id();
  if (entries_.size() <= id) entries_.resize(id + 1);
  if (entries_[id]) return *entries_[id];
  entries_[id] = std::make_unique<type_entry>(type);
  type_entry& made = *entries_[id];
  if (type.stable_name && valid_topic(type.name)) {
    made.topic = type.name;
    make_entry(event_type<event_ref>()).derived.push_back(&made);
  }
  for (const event_view& view : type.views) make_entry(*view.type).derived.push_back(&made);
  return made;
}

// All whom the event concerns, in calling order.
std::vector<dispatcher::member> dispatcher::members_of(type_entry& e) {
  std::vector<member> members;
  for (const event_view& view : e.type->views)
    for (subscription_state* s : entry(*view.type).subscribers) members.push_back({s, &view});
  if (names_ && !e.topic.empty()) {
    std::vector<subscription_state*> by_name;
    names_->match(e.topic, by_name);
    for (subscription_state* s : by_name) members.push_back({s, &e.type->views[0]});
  }
  if (e.type->views.size() > 1 || names_) {
    std::sort(members.begin(), members.end(), [](const member& a, const member& b) {
      return calling_order{}(a.state, b.state);  // total: sequences differ
    });
  }
  return members;
}

std::unique_ptr<dispatch_list> dispatcher::list_of(const type_entry& e,
                                                   const std::vector<member>& members) {
  auto list = std::make_unique<dispatch_list>();
  list->delegates.reserve(members.size());
  for (const member& m : members) add_to(*list, *m.state, m.view->upcast, m.view->type == e.type);
  return list;
}

// With a route, those who have a name get the event as it comes in, as members of their group;
// here it goes to the route, and to those who only look on.
dispatch_list& dispatcher::build(type_entry& e) {
  std::vector<member> members = members_of(e);
  const auto outlet = std::find_if(members.begin(), members.end(),
                                   [](const member& m) { return m.state->settings().outlet; });
  const bool routed = outlet != members.end();
  if (routed) {
    const auto stays = [](const member& m) { return !m.state->settings().outlet; };
    std::vector<member> in;
    std::copy_if(members.begin(), members.end(), std::back_inserter(in), stays);
    e.inward = list_of(e, in);
    if (!outlet->state->settings().local_first)
      std::erase_if(members,
                    [&](const member& m) { return stays(m) && m.state->settings().named; });
  }
  e.list = list_of(e, members);
  e.list->routed = routed;
  dispatch_list& list = *e.list;
  if (guarded_ || routed || list.delegates.empty()) return list;
  e.quick = &list;
  subscription_state& s = *list.states[0];
  if (list.states.size() == 1 && s.direct() && &s.type() == e.type && !e.type->destroy &&
      e.type->size <= in_queue_max && s.settings().on_full != overflow::latest_per_key) {
    s.queue().widen(e.type->size);
    e.sole = &s;
  }
  return *e.list;
}

// From now on something looks at every event, or refuses it.
void dispatcher::guard() noexcept {
  guarded_ = true;
  for (auto& e : entries_)
    if (e) e->sole = nullptr, e->quick = nullptr;
}

void dispatcher::add_to(dispatch_list& list, subscription_state& s,
                        const void* (*upcast)(const void*) noexcept, bool exact) {
  delegate d{&call_through_state, &s};
  if (s.direct()) d = {s.handle().plain(), s.handle().target()};
  if (!exact) {
    list.shims.push_back(
        std::make_unique<dispatch_list::shim>(dispatch_list::shim{upcast, d.call, d.object}));
    d = {&call_through_shim, list.shims.back().get()};
  }
  list.delegates.push_back(d);
  list.states.push_back(&s);
  list.not_handled.push_back(0);
  list.coroutines |= s.handle().coroutine();
  list.upcasts.push_back(exact ? nullptr : upcast);
}

// The counters of a list belong to its subscriptions; they move there when the list goes. Nobody
// walks it any more.
void dispatcher::fold(dispatch_list& list) noexcept {
  for (std::size_t i = 0; i < list.states.size(); ++i) {
    list.states[i]->counts().accepted += list.walks;
    list.states[i]->counts().handled += list.walks - std::exchange(list.not_handled[i], 0);
  }
  list.walks = 0;
}

// What the list says of its i-th handler now. A walk under way has not come to those behind the
// one that runs.
void dispatcher::add_walks(ledger& sum, const dispatch_list& list, std::size_t i) const noexcept {
  sum.accepted += list.walks;
  sum.handled += list.walks - list.not_handled[i];
  for (const frame* f = top_; f; f = f->outer) {
    if (f->list != &list) continue;
    const std::size_t at = list.index_of(*f->running);
    const bool runs = at == i && !f->settled;
    sum.accepted -= at < i;
    sum.handled -= at < i || runs;
    sum.running += runs;
  }
}

// The lists of this type and of all derived from it are stale.
void dispatcher::invalidate(const event_type_info& type) {
  for (type_entry* e : entry(type).derived) {
    if (!e->list) continue;
    if (walked(*e->list)) {
      deferred_ = true;
      retired_.push_back(std::move(e->list));
    } else {
      fold(*e->list);
    }
    e->list.reset();
    e->sole = nullptr;
    e->quick = nullptr;
    if (e->inward) retired_.push_back(std::move(e->inward));
    deferred_ |= !retired_.empty();
  }
}

subscription_state& dispatcher::add(const event_type_info& type, std::unique_ptr<handler> handle,
                                    subscription_settings settings) {
  settings.named = !settings.name.empty() && !settings.once;
  if (settings.name.empty())
    settings.name = settings.pattern.empty() ? std::string{type.name} : settings.pattern;
  if (options_.adjust) options_.adjust(settings);
  ENSUE_ASSERT(settings.capacity > 0 && settings.concurrency > 0, "a bound of 0 means nothing");
  states_.push_back(std::make_unique<subscription_state>(*this, type, std::move(handle),
                                                         std::move(settings), ++sequence_));
  subscription_state& s = *states_.back();
  s.slot_ = states_.size() - 1;
  if (s.settings().pattern.empty()) {
    entry(type).subscribers.insert(&s);
  } else {
    if (!names_) names_ = std::make_unique<name_index>();
    names_->add(s);
  }
  brake(s);
  invalidate(type);
  return s;
}

void dispatcher::remove(subscription_state& s, drop_reason reason) {
  if (s.ended()) return;
  if (s.settings().pattern.empty()) {
    entry(s.type()).subscribers.erase(&s);
  } else {
    names_->remove(s);
  }
  silence(s);
  invalidate(s.type());
  s.end(reason);
  graveyard_.push_back(std::move(states_[s.slot_]));
  if (s.slot_ + 1 != states_.size()) {
    states_[s.slot_] = std::move(states_.back());
    states_[s.slot_]->slot_ = s.slot_;
  }
  states_.pop_back();
  deferred_ = true;
  settle_deferred();
}

// Lists that an emit walks right now must not call `s` any more: from here on its entry leads to
// `call_now`, which knows that the subscription has ended or is halted.
void dispatcher::silence(const subscription_state& s) noexcept {
  const auto patch = [&](dispatch_list& list) {
    for (std::size_t i = 0; i < list.states.size(); ++i) {
      if (list.states[i] != &s) continue;
      delegate& d = list.delegates[i];
      if (d.call == &call_through_shim) {
        auto& shim = *static_cast<dispatch_list::shim*>(d.object);
        shim.call = &call_through_state;
        shim.object = list.states[i];
      } else {
        d.call = &call_through_state;
        d.object = list.states[i];
      }
    }
  };
  for (type_entry* e : entry(s.type()).derived)
    if (e->list && walked(*e->list)) patch(*e->list);
  for (auto& list : retired_) patch(*list);
}

// Runs when no call into a handler is on the stack: frees what had to stay until now.
void dispatcher::settle_deferred() {
  if (depth_ > 0 || top_) return;
  const auto keep = std::move(keep_);
  deferred_ = false;
  for (auto& list : retired_) fold(*list);
  retired_.clear();
  for (auto& s : graveyard_) {
    if (!s->idle() || !s->workers_.empty()) {
      deferred_ = true;  // a worker's last step comes back here
      continue;
    }
    ended_ += s->snapshot();
    s.reset();
  }
  std::erase(graveyard_, nullptr);
}

void dispatcher::set_brakes(ensue::brakes b) {
  brakes_ = std::move(b);
  for (auto& s : states_) {
    brake(*s);
    silence(*s);
    invalidate(s->type());
  }
  if (deferred_) settle_deferred();
}

void dispatcher::brake(subscription_state& s) {
  if (s.settings().exempt) return;
  const bool on = brakes_.halts && brakes_.halts(s);
  s.halt(on);
}

bool dispatcher::is_held_back(subscription_state& s, const event_type_info& type,
                              const void* view) const {
  if (s.settings().exempt) return false;
  if (std::binary_search(brakes_.events.begin(), brakes_.events.end(), type.name)) return true;
  if (!s.handle().has_key()) return false;
  return std::binary_search(brakes_.keys.begin(), brakes_.keys.end(), s.handle().key(view, type));
}

void dispatcher::cut(drop_reason reason, bool also_running,
                     const std::function<bool(const subscription_state&)>& matches) {
  const on_stack keep{*this};
  std::vector<subscription_state*> all;  // cancelling may let a subscription leave the table
  for (auto& s : states_)
    if (matches(*s)) all.push_back(s.get());
  for (subscription_state* s : all) s->cut(reason, also_running);
}

std::shared_ptr<loop_attention> dispatcher::add_lane(std::shared_ptr<lane_base> lane) {
  if (!inboxes_) inboxes_ = std::make_unique<inbox_hub>(*this);
  return inboxes_->add(std::move(lane));
}

void dispatcher::close() {
  if (closed_) return;
  closed_ = true;
  guard();
  const on_stack keep{*this};
  if (inboxes_) left_in_inboxes_ += inboxes_->close();
  while (!states_.empty()) {
    subscription_state& s = *states_.back();
    s.cancel_running();
    remove(s, drop_reason::shutdown);
  }
  deferred_ = true;
  if (depth_ > 1 || top_) keep_ = shared_from_this();
}

std::vector<const subscription_state*> dispatcher::subscriptions() const {
  std::vector<const subscription_state*> all;
  for (const auto& s : states_) all.push_back(s.get());
  std::sort(all.begin(), all.end(),
            [](const auto* a, const auto* b) { return a->sequence() < b->sequence(); });
  return all;
}

ledger dispatcher::snapshot(const subscription_state& s) const noexcept {
  ledger sum = s.snapshot();
  const auto add = [&](const dispatch_list& list) {
    for (std::size_t i = 0; i < list.states.size(); ++i)
      if (list.states[i] == &s) add_walks(sum, list, i);
  };
  const event_type_id id = s.type().id();
  if (id < entries_.size() && entries_[id])
    for (const type_entry* e : entries_[id]->derived)
      if (e->list) add(*e->list);
  for (const auto& list : retired_) add(*list);
  return sum;
}

// All lists once; asking each subscription would walk each list as often as it has handlers.
ledger dispatcher::total() const noexcept {
  ledger sum = ended_;
  for (const auto& s : states_) sum += s->snapshot();
  for (const auto& s : graveyard_) sum += s->snapshot();
  const auto add = [&](const dispatch_list& list) {
    for (std::size_t i = 0; i < list.states.size(); ++i) add_walks(sum, list, i);
  };
  for (const auto& e : entries_)
    if (e && e->list) add(*e->list);
  for (const auto& [name, e] : json_entries_)
    if (e->list) add(*e->list);
  for (const auto& list : retired_) add(*list);
  return sum;
}

int dispatcher::highest_priority() const noexcept {
  int highest = 0;
  for (const auto& s : states_) highest = std::max(highest, s->settings().priority);
  return highest;
}

std::uint64_t dispatcher::unrouted() const noexcept {
  std::uint64_t n = 0;
  for (const auto& e : entries_)
    if (e) n += e->unrouted;
  for (const auto& [name, e] : json_entries_) n += e->unrouted;
  return n;
}

}  // namespace ensue
