#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/base/metrics.hpp>
#include <ensue/bus/inbox_hub.hpp>
#include <ensue/bus/options.hpp>
#include <ensue/bus/publication.hpp>
#include <ensue/bus/subscription_state.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

class deliveries;
class middleware_chain;
class name_index;
struct middleware;

/// What `emit` did. It may be left alone: failures are counted and logged, and so are the chains of
/// events that the storm guard cuts.
struct emit_result {
  std::uint32_t delivered = 0;  ///< handlers that ran to their end or queued the event
  std::uint32_t failed = 0;     ///< handlers that threw
  std::uint32_t refused = 0;    ///< 1: the storm guard or a closed bus refused the event whole
  bool ok() const noexcept { return failed == 0 && refused == 0; }
};

/// One entry of a dispatch list: 16 bytes, so that four handlers share a cache line.
struct delegate {
  handler::plain_call call;
  void* object;
};

/// The handlers of one concrete event type, those of its bases included, in calling order:
/// contiguous, never changed while an emit walks it, built anew after a change.
struct dispatch_list {
  /// Calls a base type's handler with the right part of the event.
  struct shim {
    const void* (*upcast)(const void*) noexcept;
    handler::plain_call call;
    void* object;
  };
  std::vector<delegate> delegates;
  std::vector<subscription_state*> states;  ///< in parallel
  // Every walk reaches every handler, so that counting walks counts what each has accepted; of
  // those, handled are all but the ones noted here, and but what walks under way will still do.
  std::uint64_t walks = 0;
  std::vector<std::uint64_t> not_handled;  ///< in parallel: failed, queued, filtered, dropped
  std::vector<const void* (*)(const void*) noexcept> upcasts;
  std::vector<std::unique_ptr<shim>> shims;
  bool coroutines = false;  ///< some handler is one
  bool routed = false;      ///< an outlet is among them

  std::size_t index_of(const delegate& d) const noexcept {
    return static_cast<std::size_t>(&d - delegates.data());
  }
  subscription_state& state_of(const delegate& d) const noexcept { return *states[index_of(d)]; }
  /// The event as the i-th handler's type.
  const void* view(std::size_t i, const record& r) const noexcept {
    return upcasts[i] ? upcasts[i](r.payload()) : r.payload();
  }
};

/// Calling order: higher priority first, then in order of subscribing.
struct calling_order {
  bool operator()(const subscription_state* a, const subscription_state* b) const noexcept {
    const int pa = a->settings().priority, pb = b->settings().priority;
    return pa != pb ? pa > pb : a->sequence() < b->sequence();
  }
};

/// Everything known of one event type on one bus.
struct type_entry : record_pool {
  explicit type_entry(const event_type_info& t) : record_pool{t}, type{&t} {}
  const event_type_info* type;
  std::set<subscription_state*, calling_order> subscribers;  ///< of exactly this type
  std::vector<type_entry*> derived;  ///< entries whose events have this as a base, itself too
  std::unique_ptr<dispatch_list> list;
  std::unique_ptr<dispatch_list> inward;  ///< with a route: who gets what comes in by it
  /// `list` when emit may walk it at once: it has handlers, and nothing looks at events before.
  dispatch_list* quick = nullptr;
  /// The only one who gets events of this type, when they may be built in its queue: `list` has
  /// just this direct handler of exactly this type, and nothing looks at events before. Else null.
  subscription_state* sole = nullptr;
  std::uint64_t unrouted = 0;  ///< events nobody subscribed to
  std::string topic{};         ///< the name under which names and wildcards find it; empty: none
};

/// What the kill switch holds back, until it says otherwise.
struct brakes {
  /// Subscriptions that start no handler; what is queued for them stays. Null: none.
  std::function<bool(const subscription_state&)> halts{};
  std::vector<std::uint64_t> keys{};  ///< sorted marks: events of these keys are dropped as halted
  /// Sorted names: events of these types are dropped as halted for the handlers of their bases.
  std::vector<std::string> events{};
  bool look_at_events() const noexcept { return !keys.empty() || !events.empty(); }
};

/// The engine under `bus`: routing tables, queues, storm guard, accounts. Kept alive by the bus,
/// by its workers and by emits that run while the bus is destroyed. Loop thread only.
class dispatcher : public std::enable_shared_from_this<dispatcher> {
 public:
  dispatcher(runtime& rt, bus_options options);
  ~dispatcher();

  runtime& rt() noexcept { return rt_; }
  const bus_options& options() const noexcept { return options_; }

  /// Calls every handler now; coroutine handlers get the event queued.
  emit_result emit(event_type_id id, const event_type_info& type, const void* event) {
    return split(emit_counts(id, type, event));
  }
  /// As above with an event that has its record already.
  emit_result emit_record(record& r);
  /// As `emit` from inside the handler that `cause` belongs to, also when it is a coroutine.
  emit_result emit_from(frame& cause, event_type_id id, const event_type_info& type,
                        const void* event);

  /// A block for one event of `type`, header built; depth and lineage come from `cause`, if any.
  record* make_record(event_type_id id, const event_type_info& type, frame* cause) {
    return make_record(entry(id, type), cause);
  }
  record* make_record(type_entry& e, frame* cause) {
    record* r = e.take(*e.type);
    r->accepted_at = rt_.turn_time();
    if (cause) inherit(*r, *cause);
    return r;
  }

  /// Who may have an event of this type built in its queue, now; null: make a record.
  subscription_state* sole_taker(event_type_id id) const noexcept {
    return !top_ && id < entries_.size() && entries_[id] ? entries_[id]->sole : nullptr;
  }

  /// Queues the event with every subscriber, or with none: errc::closed, errc::too_deep, errc::full
  /// (somebody rejects). When somebody's queue is full and wants the publisher to wait, `*blocked`
  /// is set, the error is errc::full too, and nothing was queued.
  error_code accept(record& r, subscription_state** blocked);
  /// As above, but for those of its subscribers alone who have one of these names, as a redrive or
  /// a replay does. errc::not_found: nobody of such a name takes this type.
  error_code accept_into(record& r, subscription_state** blocked,
                         std::span<const std::string> names);
  /// The event leaves by a route: it is accepted when it is there, not when it is queued.
  bool routed(const record& r) { return list_of(static_cast<type_entry&>(*r.pool)).routed; }
  /// A subscriber of the type that `publish` has to wait for before it may go on; null: none.
  subscription_state* blocked_worker(const record& r);
  subscription_state* blocked_worker(type_entry& e);
  /// errc::closed, errc::too_deep: no handler may see the event.
  error_code refuses(const record& r);
  /// A waiting publisher gives up or waits for somebody else now: others may use the room.
  void pass_on_room(const record& r, const subscription_state* blocked);
  /// A publisher of `r` has waited for `by` in vain. `by` may be gone by now.
  void count_refused(const record& r, const subscription_state* by);

  /// Adds middleware, innermost last.
  void use(middleware m);
  /// Null: none that wants to see each call.
  middleware_chain* wrapping() const noexcept { return wraps_ ? middleware_.get() : nullptr; }

  /// Where events of that name go that have no C++ type; null: there are too many names.
  type_entry* json_entry(std::string_view name);
  static constexpr std::size_t json_names_max = 10'000;

  subscription_state& add(const event_type_info& type, std::unique_ptr<handler> handle,
                          subscription_settings settings);
  void remove(subscription_state& s, drop_reason reason);
  void close();
  bool closed() const noexcept { return closed_; }

  /// The highest priority in use; 0 when nobody has subscribed.
  int highest_priority() const noexcept;

  frame* top() const noexcept { return top_; }
  void set_top(frame* f) noexcept { top_ = f; }

  /// Puts `b` in the place of all earlier brakes; acts before the next call and on every
  /// subscription made later. Exempt subscriptions are not concerned.
  void set_brakes(brakes b);
  bool holds_events() const noexcept { return brakes_.look_at_events(); }
  /// Events whose type or key is held back; only subscriptions with a key can tell the latter.
  bool held_back(subscription_state& s, const event_type_info& type, const void* view) const {
    if (!holds_events()) [[likely]]
      return false;
    return is_held_back(s, type, view);
  }
  /// Drops what is queued for those subscriptions that `matches`; `also_running`: cancels their
  /// coroutine handlers too. The subscriptions live on.
  void cut(drop_reason reason, bool also_running,
           const std::function<bool(const subscription_state&)>& matches);

  /// A lane from another thread; see inbox.hpp.
  std::shared_ptr<loop_attention> add_lane(std::shared_ptr<lane_base> lane);
  /// True while an event of this type would have to wait for a coroutine handler's queue.
  bool inbox_blocked(event_type_id id, const event_type_info& type) {
    const dispatch_list& list = list_of(entry(id, type));
    return list.coroutines && blocked_worker(entry(id, type));
  }

  bool idle() const noexcept { return pending_ == 0; }
  work_list& idle_waiters() noexcept { return idle_waiters_; }
  void add_pending(std::size_t n) noexcept { pending_ += n; }
  void sub_pending(std::size_t n) noexcept {
    pending_ -= n;
    if (pending_ == 0 && !idle_waiters_.empty()) wake_all(idle_waiters_);
  }

  /// In order of subscribing.
  std::vector<const subscription_state*> subscriptions() const;
  ledger snapshot(const subscription_state& s) const noexcept;
  /// All subscriptions there are and were.
  ledger total() const noexcept;
  std::uint64_t unrouted() const noexcept;
  /// Events from other threads that had not been taken when the bus closed.
  std::uint64_t left_in_inboxes() const noexcept { return left_in_inboxes_; }
  /// The chains the storm guard cut, latest last: "a -> b -> a". A `publish` whose handlers led to
  /// one finds it among its failures.
  static constexpr std::size_t storms_max = 16;
  const std::vector<std::string>& storms() const noexcept { return storms_; }
  /// Where the event being handled comes from, made on first use.
  lineage& story_of(frame& at);
  /// The id of the event being handled, made on first use.
  const uuid& identify(frame& at);
  void report(subscription_state& s, const failure& f) noexcept;
  /// Where the dead letters of a subscription go; null: nowhere.
  dead_letters* letters_for(const subscription_state& s);
  /// From now on, instead of what the options say; outlives the bus. Null: none.
  void keep_letters_in(ensue::dead_letters* store) noexcept { letters_ = store; }
  ensue::dead_letters* letters() const noexcept { return letters_; }
  /// That store is the bus's own, and in memory: its oldest letter goes when it is full.
  bool forgets_letters(const dead_letters& store) const noexcept {
    return &store == own_letters_.get();
  }

 private:
  friend class subscription_state;
  friend class deliveries;
  friend class inbox_hub;
  class on_stack;

  // delivered + (failed << 32) in one register: g++ 12 returns a struct of two halves through
  // memory, and reading the whole right after writing the halves stalls for 5 ns.
  static constexpr std::uint64_t refused = ~std::uint64_t{0};
  std::uint64_t emit_counts(event_type_id id, const event_type_info& type, const void* event);
  static emit_result split(std::uint64_t counts) noexcept {
    if (counts == refused) [[unlikely]]
      return {.refused = 1};
    return {.delivered = static_cast<std::uint32_t>(counts),
            .failed = static_cast<std::uint32_t>(counts >> 32)};
  }

  type_entry& entry(const event_type_info& type) { return entry(type.id(), type); }
  type_entry& entry(event_type_id id, const event_type_info& type) {
    if (id < entries_.size() && entries_[id]) [[likely]]
      return *entries_[id];
    return make_entry(type);
  }
  dispatch_list& list_of(type_entry& e) {
    if (e.list) [[likely]]
      return *e.list;
    return build(e);
  }
  static std::uint64_t walk(frame& at);
  static void not_handled(frame& at) noexcept;
  static void tell_failed(frame& at, std::exception_ptr error);
  std::uint64_t leave(frame& at, const record* given, std::uint64_t counts);
  std::uint64_t clear_away(frame& at, const record* given, std::uint64_t counts);
  bool walked(const dispatch_list& list) const noexcept;
  record& record_of(frame& f);
  void tell(const std::function<void(const failure&)>& whom, const failure& f) noexcept;
  void tell_publisher(const event_type_info& cut, const std::string& chain);
  void storm(const event_type_info& type, std::uint32_t depth, const frame* cause,
             const storm_account* account);
  bool stormy(const record& r);
  bool stormy(const event_type_info& type, frame& cause);
  type_entry& make_entry(const event_type_info& type);
  dispatch_list& build(type_entry& e);
  struct member {
    subscription_state* state;
    const event_view* view;
  };
  std::vector<member> members_of(type_entry& e);
  std::unique_ptr<dispatch_list> list_of(const type_entry& e, const std::vector<member>& members);
  void add_to(dispatch_list& list, subscription_state& s,
              const void* (*upcast)(const void*) noexcept, bool exact);
  void invalidate(const event_type_info& type);
  void guard() noexcept;
  void fold(dispatch_list& list) noexcept;
  void add_walks(ledger& sum, const dispatch_list& list, std::size_t i) const noexcept;
  void silence(const subscription_state& s) noexcept;
  std::uint64_t emit_anyhow(const event_type_info& type, const void* event);
  std::uint64_t emit_in(type_entry& e, const void* event, record* rec);
  std::uint64_t emit_guarded(type_entry& e, const void* event, record* rec);
  bool admit(record& r);
  void count_filtered(type_entry& e);
  void inherit(record& r, frame& cause);
  void descend(lineage& mine, const event_type_info& type, frame& cause);
  void settle_deferred();
  bool is_held_back(subscription_state& s, const event_type_info& type, const void* view) const;
  void brake(subscription_state& s);

  runtime& rt_;
  const bus_options options_;
  std::unique_ptr<metric_source> metrics_;
  std::vector<std::unique_ptr<type_entry>> entries_;  // by event_type_id
  std::map<std::string, std::unique_ptr<type_entry>, std::less<>> json_entries_;
  std::unique_ptr<name_index> names_;
  std::unique_ptr<middleware_chain> middleware_;
  bool wraps_ = false;    // middleware wants to see each call
  bool guarded_ = false;  // closed, or publish-side middleware looks at every event
  bool intercepts_ = false;
  std::vector<std::unique_ptr<subscription_state>> states_;
  std::vector<std::unique_ptr<subscription_state>> graveyard_;
  std::vector<std::unique_ptr<dispatch_list>> retired_;
  std::vector<std::string> storms_;  // the latest cut chains
  frame* top_ = nullptr;
  std::uint32_t depth_ = 0;  // drains, posts and closes on the stack; emits are counted by frames
  bool deferred_ = false;    // something waits for depth_ == 0
  std::uint64_t sequence_ = 0;
  std::size_t pending_ = 0;
  work_list idle_waiters_;
  ledger ended_;
  ensue::brakes brakes_;
  bool closed_ = false;
  std::unique_ptr<inbox_hub> inboxes_;  // made with the first inbox
  std::uint64_t left_in_inboxes_ = 0;
  ensue::dead_letters* letters_;
  std::unique_ptr<dead_letters> own_letters_;  // made with the first
  std::shared_ptr<dispatcher> keep_;           // while the bus is gone but a handler still runs
};

inline void subscription_state::push(record& r, const void* view) {
  queue_.push(r, view);
  add_reference(r);
  if (r.waiting) [[unlikely]]
    r.waiting->begin();
  dispatcher_.add_pending(1);
  if (queue_.size() == 1 || handler_->coroutine()) start_work();
}

inline void subscription_state::accept_placed(time_point now) {
  queue_.commit(now);
  if (!linked()) start_work();
}

}  // namespace ensue
