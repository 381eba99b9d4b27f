#include <ensue/async/errors.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/key_lanes.hpp>
#include <ensue/bus/middleware.hpp>
#include <ensue/bus/obituary.hpp>
#include <ensue/bus/subscription.hpp>
#include <ensue/bus/subscription_state.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>

namespace ensue {

std::uint64_t key_mark(std::string_view text) noexcept {
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return h;
}

subscription_state::subscription_state(dispatcher& owner, const event_type_info& type,
                                       std::unique_ptr<handler> handle,
                                       subscription_settings settings, std::uint64_t sequence)
    : work{&subscription_state::drain},
      dispatcher_{owner},
      type_{type},
      handler_{std::move(handle)},
      settings_{std::move(settings)},
      sequence_{sequence},
      on_full_{settings_.on_full},
      capacity_{settings_.capacity},
      concurrency_{settings_.concurrency},
      queue_{settings_.capacity} {
  if (const auto complaint = wrong(policy(), {.coroutine = handler_->coroutine(),
                                              .batches = settings_.batches.count > 0,
                                              .once = settings_.once}))
    throw system_error(errc::invalid, "subscription " + settings_.name + ": " + *complaint);
  if (policy().on()) {
    handler_->take_from_queue();
    deliveries_ = std::make_shared<deliveries>(*this, policy());
  }
  direct_ = may_be_direct();
  if (handler_->coroutine() && handler_->has_key()) lanes_ = std::make_unique<lanes>();
}

const ensue::policy& subscription_state::policy() const noexcept {
  static const ensue::policy none;
  return settings_.policy ? *settings_.policy : none;
}

subscription_state::~subscription_state() { end(drop_reason::shutdown); }

bool subscription_state::may_be_direct() const noexcept {
  return (handler_->plain() || handler_->plain_by_worker()) && !handler_->has_filter() &&
         !settings_.bound_to_owner && !settings_.once && !halted_ && !dispatcher_.holds_events() &&
         !dispatcher_.wrapping();
}

ledger subscription_state::snapshot() const noexcept {
  ensue::ledger copy = counts_;
  copy.accepted += queue_.placed();
  copy.queued = size();
  copy.running = running_;
  return copy;
}

std::uint64_t subscription_state::failures() const noexcept {
  return failures_ + (deliveries_ ? deliveries_->retried() : 0);
}

std::uint64_t subscription_state::timed_out() const noexcept {
  return deliveries_ ? deliveries_->timed_out() : 0;
}

const histogram& subscription_state::time_in_queue() const noexcept {
  static const histogram none;
  return timings_ ? timings_->waited : none;
}

const histogram& subscription_state::handling_time() const noexcept {
  static const histogram none;
  return timings_ ? timings_->took : none;
}

subscription_state::timings& subscription_state::measured() {
  if (!timings_) timings_ = std::make_unique<timings>();
  return *timings_;
}

bool subscription_state::call_now(const void* view, frame& at) {
  const auto drop_here = [&](drop_reason reason) {
    ++counts_.dropped_for(reason);
    if (publication* p = at.waiting(); p && loses(reason)) p->note_lost();
    return false;
  };
  if (ended_) return drop_here(drop_reason::unsubscribed);
  if (halted_ || dispatcher_.held_back(*this, *at.type, view))
    return drop_here(drop_reason::halted);
  if (owner_gone()) {
    dispatcher_.remove(*this, drop_reason::unsubscribed);
    return drop_here(drop_reason::unsubscribed);
  }
  if (handler_->has_filter() && !handler_->accepts(view, *at.type)) {
    ++counts_.filtered;
    return false;
  }
  if (handler_->coroutine()) {
    if (must_wait() || must_reject()) return drop_here(drop_reason::rejected);
    record& r = dispatcher_.record_of(at);
    enqueue(r, static_cast<const std::byte*>(view) - static_cast<const std::byte*>(at.event) +
                   static_cast<const std::byte*>(r.payload()));
    at.counts += frame::one_queued;
    return false;
  }
  // A `once` handler that publishes its own event again must not be called for that one.
  if (settings_.once) dispatcher_.remove(*this, drop_reason::unsubscribed);
  middleware_chain* const chain = dispatcher_.wrapping();
  if (handler_->plain() && !chain) return handler_->plain()(handler_->target(), view);
  context c{dispatcher_, at, *this};
  if (!chain) return handler_->run(view, c), true;
  chain->call(*handler_, view, c);
  return c.reached() || drop_here(drop_reason::middleware);
}

void subscription_state::failed(std::exception_ptr error, frame& at) {
  ++counts_.dead;
  if ((dispatcher_.letters_for(*this) || policy().on_failure) && (at.rec || at.type->copy))
    bury(*this, dispatcher_.record_of(at), error);
  failure f{name(), std::string{at.type->name}, std::move(error)};
  dispatcher_.report(*this, f);
  if (publication* p = at.waiting()) p->failures().push_back(std::move(f));
}

void subscription_state::enqueue(record& r, const void* view) {
  if (ended_) {
    ++counts_.dropped_for(drop_reason::unsubscribed);
    return;
  }
  if (on_full_ == overflow::latest_per_key && replace_same_key(r, view)) return;
  if (size() >= capacity_ && !make_room()) return;
  push(r, view);
}

// False: the new event was dropped.
bool subscription_state::make_room() {
  if (settings_.on_full == overflow::drop_newest || queue_.empty()) {
    ++counts_.dropped_for(drop_reason::overflow_newest);
    return false;
  }
  const queued_event oldest = queue_.pop();
  dispatcher_.sub_pending(1);
  drop(oldest, drop_reason::overflow_oldest);
  return true;
}

bool subscription_state::replace_same_key(record& r, const void* view) {
  const std::uint64_t key = handler_->has_key() ? handler_->key(view, *r.type) : 0;
  for (std::size_t i = 0; i != queue_.size(); ++i) {
    const queued_event q = queue_[i];
    if (handler_->has_key() && handler_->key(q.view, q.rec ? *q.rec->type : type_) != key) continue;
    drop(q, drop_reason::superseded);
    queue_.replace(i, r, view);
    add_reference(r);
    if (r.waiting) r.waiting->begin();
    return true;
  }
  return false;
}

void subscription_state::start_work() {
  if (halted_) return;
  if (!handler_->coroutine()) {
    if (!linked()) dispatcher_.rt().schedule(*this);
    return;
  }
  if (wake_one(idle_workers_)) return;
  if (workers_.size() < concurrency_) spawn_worker();
}

bool subscription_state::expired(const queued_event& q) const {
  const lineage* story = q.rec->story.get();
  return story && story->env.deadline != never && story->env.expired(dispatcher_.rt().now());
}

void subscription_state::drop(const queued_event& q, drop_reason reason) {
  ++counts_.dropped_for(reason);
  settle(q, nullptr, loses(reason));
}

void subscription_state::drop_all(drop_reason reason) {
  std::size_t dropped = 0;
  for (; !queue_.empty(); ++dropped) drop(queue_.pop(), reason);
  if (lanes_) {
    for (auto& [key, waiting] : lanes_->busy)
      for (; !waiting.empty(); ++dropped) {
        drop(waiting.front(), reason);
        waiting.pop_front();
      }
    for (; !lanes_->unlocked.empty(); ++dropped) {
      drop(lanes_->unlocked.front(), reason);
      lanes_->unlocked.pop_front();
    }
  }
  if (deliveries_) dropped += deliveries_->drop_all(reason);
  parked_ = 0;
  if (dropped) dispatcher_.sub_pending(dropped);
}

void subscription_state::end(drop_reason reason) {
  if (ended_) return;
  ended_ = true;
  direct_ = false;
  if (holder_) std::exchange(holder_, nullptr)->state_ = nullptr;
  drop_all(reason);
  unlink();
  wake_all(room_);
  wake_all(idle_workers_);
}

void subscription_state::cancel_running() {
  const auto all = workers_;  // a cancelled worker may leave the table at once
  for (const auto& w : all) {
    w->told = true;
    w->stop.emit(boost::asio::cancellation_type::terminal);
    // co_spawn hands that on through the executor: the signal must live until it has got there.
    boost::asio::post(dispatcher_.rt().executor(), [keep = w] {});
  }
}

void subscription_state::cut(drop_reason reason, bool also_running) {
  drop_all(reason);
  if (also_running) cancel_running();
  wake_all(room_);
}

void subscription_state::halt(bool on) {
  halted_ = on;
  direct_ = may_be_direct();  // while a brake is on, every call looks at it
  if (on) {
    if (!handler_->coroutine()) unlink();
  } else if (size() > 0) {
    for (unsigned i = 0; i < concurrency_; ++i) start_work();
  }
}

void subscription_state::set_concurrency(unsigned most) {
  const unsigned before = std::exchange(concurrency_, most);
  if (!handler_->coroutine() || ended_) return;
  const std::size_t waiting = size();
  for (unsigned more = before; more < most && more - before < waiting; ++more) start_work();
}

}  // namespace ensue
