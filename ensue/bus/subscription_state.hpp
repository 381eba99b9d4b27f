#pragma once

#include <ensue/async/wait.hpp>
#include <ensue/bus/event_queue.hpp>
#include <ensue/bus/frame.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/histogram.hpp>
#include <ensue/bus/ledger.hpp>
#include <ensue/bus/options.hpp>
#include <ensue/bus/publication.hpp>
#include <ensue/reliability/policy.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ensue {

class deliveries;
class dispatcher;
class subscription;

/// What a subscription is made with, its event type erased.
struct subscription_settings {
  std::string name{};
  int priority = 0;
  std::size_t capacity = limits::queue_capacity;
  overflow on_full = overflow::wait;
  duration wait_max = duration::max();
  unsigned concurrency = 1;
  std::function<void(const failure&)> on_error{};
  std::weak_ptr<const void> owner{};
  bool bound_to_owner = false;
  bool once = false;
  std::string component{};
  std::string pattern{};   ///< subscribes by name
  batch_limits batches{};  ///< count > 0: takes its events in batches
  bool exempt = false;
  bool named = false;   ///< its name was given: where its events have a route, that is its group
  bool outlet = false;  ///< takes events out of the process, see route
  bool local_first = false;  ///< an outlet that leaves them to the handlers here, too
  std::shared_ptr<const ensue::policy> policy{};  ///< null: all defaults
};

/// One subscription: its queue, its workers, its counters and its fate. Owned by the dispatcher,
/// which keeps it until its last running handler has returned. Loop thread only.
class subscription_state : public work {
 public:
  subscription_state(dispatcher& owner, const event_type_info& type,
                     std::unique_ptr<handler> handle, subscription_settings settings,
                     std::uint64_t sequence);
  ~subscription_state();

  const event_type_info& type() const noexcept { return type_; }
  const std::string& name() const noexcept { return settings_.name; }
  const subscription_settings& settings() const noexcept { return settings_; }
  const ensue::policy& policy() const noexcept;
  std::uint64_t sequence() const noexcept { return sequence_; }
  handler& handle() noexcept { return *handler_; }
  dispatcher& engine() noexcept { return dispatcher_; }
  /// No filter, owner, context or result stands between the event and the function.
  bool direct() const noexcept { return direct_ && handler_->plain(); }

  void set_holder(subscription* s) noexcept { holder_ = s; }
  bool ended() const noexcept { return ended_; }
  bool idle() const noexcept { return size() == 0 && running_ == 0; }
  std::size_t size() const noexcept { return queue_.size() + parked_; }
  /// Without looking at what is queued: who keeps the latest of each key must.
  bool has_room() const noexcept {
    return size() < capacity_ && !ended_ && (on_full_ != overflow::latest_per_key || size() == 0);
  }
  bool must_wait() const noexcept {
    return size() >= capacity_ && on_full_ == overflow::wait && !ended_;
  }
  bool must_reject() const noexcept {
    return size() >= capacity_ && on_full_ == overflow::reject && !ended_;
  }
  work_list& room_waiters() noexcept { return room_; }

  /// Where an event of its own type may be built; `accept_placed` queues what was built there. Only
  /// when nobody else gets the event and nobody waits for it; direct() only.
  event_queue& queue() noexcept { return queue_; }
  void accept_placed(time_point now);
  /// Queues the event; the overflow policy has the last word. Never waits.
  void enqueue(record& r, const void* view);
  /// Runs the handler now, on the caller's stack. True: handled (the caller counts it).
  bool call_now(const void* view, frame& at);
  /// A handler failed with `error` on the event of `at`.
  void failed(std::exception_ptr error, frame& at);

  /// No call begins after this; queued events are dropped as `reason`.
  void end(drop_reason reason);
  /// Asks running coroutine handlers to stop.
  void cancel_running();
  /// Coroutine handlers at work at once, from now on; those at work go on. 0: none begins.
  void set_concurrency(unsigned most);
  /// Suspends and resumes the start of handlers; queued events stay.
  void halt(bool on);
  /// Middleware was added that wants to see each call.
  void review() noexcept { direct_ = may_be_direct(); }
  bool halted() const noexcept { return halted_; }
  /// Drops what is queued, as `reason`, and may cancel what runs; the subscription lives on.
  void cut(drop_reason reason, bool also_running);

  ensue::ledger& counts() noexcept { return counts_; }
  ensue::ledger snapshot() const noexcept;
  /// Times the handler failed, also when it was tried again; of these, by taking too long.
  std::uint64_t failures() const noexcept;
  std::uint64_t timed_out() const noexcept;
  /// Publishers that found the queue full and were told so, or waited in vain. No part of the
  /// ledger: their events were not accepted.
  std::uint64_t refused() const noexcept { return refused_; }
  void count_refused() noexcept { ++refused_; }
  /// Sampled, one event in `sample_every`; empty histograms before the first sample.
  const histogram& time_in_queue() const noexcept;
  const histogram& handling_time() const noexcept;
  /// Null: it has no policy.
  const deliveries* policed() const noexcept { return deliveries_.get(); }
  static constexpr std::uint32_t sample_every = 64;

 private:
  friend class deliveries;
  friend class dispatcher;
  class in_hand;
  class gathered;
  struct worker {
    boost::asio::cancellation_signal stop;
    bool told = false;  // to stop: takes no further event
  };
  /// Takes a worker from the table, also when its coroutine is destroyed with the runtime.
  struct leaving {
    subscription_state& self;
    const std::shared_ptr<worker>& me;
    ~leaving();
  };
  struct lanes;  // see key_lanes.hpp
  struct timings {
    histogram waited, took;
  };

  static void drain(work& w);
  void drain_some();
  std::size_t drain_run(frame& at, std::size_t most);
  void run_queued(event_queue::reader& events, frame& at);
  void note_times(time_point accepted_at, time_point began);
  void put_down(const queued_event& q, failure* failed, bool lost = false);
  bool expired(const queued_event& q) const;
  void push(record& r, const void* view);
  bool make_room();
  bool replace_same_key(record& r, const void* view);
  void drop_all(drop_reason reason);
  void start_work();
  void spawn_worker();
  static task<> work_loop(std::shared_ptr<dispatcher> keep, subscription_state& self,
                          std::shared_ptr<worker> me);
  static task<> batch_loop(std::shared_ptr<dispatcher> keep, subscription_state& self,
                           std::shared_ptr<worker> me);
  static task<bool> gather(subscription_state& self, gathered& all, worker& me);
  static task<> run_batch(subscription_state& self, gathered& all, worker& me);
  task<> begin(const void* view, context& c);
  bool take(queued_event& next);
  void release_key(const queued_event& q);
  bool may_take() const noexcept { return !halted_ && running_ < concurrency_; }
  bool sampled() noexcept { return ++sample_ % sample_every == 0; }
  timings& measured();
  static void settle(const queued_event& q, failure* failed, bool lost = false) {
    if (!q.rec) return;
    if (q.rec->waiting) [[unlikely]]
      q.rec->waiting->end(failed, lost);
    release(q.rec);
  }
  static void settle(frame& at);
  void drop(const queued_event& q, drop_reason reason);
  static bool loses(drop_reason reason) noexcept {
    return reason == drop_reason::shutdown || reason == drop_reason::unsubscribed ||
           reason == drop_reason::halted;
  }
  bool may_be_direct() const noexcept;
  bool owner_gone() const noexcept { return settings_.bound_to_owner && settings_.owner.expired(); }

  dispatcher& dispatcher_;
  const event_type_info& type_;
  std::unique_ptr<handler> handler_;
  const subscription_settings settings_;
  const std::uint64_t sequence_;
  bool direct_ = false;
  bool ended_ = false;
  bool halted_ = false;

  overflow on_full_;  // copies of the settings, beside what every post reads
  std::size_t capacity_;
  unsigned concurrency_;
  event_queue queue_;
  std::size_t parked_ = 0;
  std::uint32_t running_ = 0;
  work_list room_;
  work_list idle_workers_;
  std::vector<std::shared_ptr<worker>> workers_;
  std::unique_ptr<lanes> lanes_;
  std::shared_ptr<deliveries> deliveries_;  // of those that have a policy
  std::unique_ptr<timings> timings_;        // made with the first sample
  ensue::ledger counts_;                    // without `accepted` of those built in the queue
  std::uint64_t failures_ = 0;
  std::uint64_t refused_ = 0;
  std::uint32_t sample_ = 0;
  subscription* holder_ = nullptr;
  std::size_t slot_ = 0;  // where the dispatcher keeps it
};

}  // namespace ensue
