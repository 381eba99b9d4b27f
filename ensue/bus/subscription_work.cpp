// How a subscription takes events from its queue: in batches for plain functions, by long-lived
// workers for coroutines.
#include <ensue/async/errors.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/on_stack.hpp>
#include <ensue/bus/subscription_state.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace ensue {
namespace {

// After so many events others on the loop get their turn.
constexpr int drain_batch = 256;
constexpr int worker_batch = 64;

}  // namespace

void subscription_state::drain(work& w) { static_cast<subscription_state&>(w).drain_some(); }

void subscription_state::drain_some() {
  const dispatcher::on_stack keep{dispatcher_};
  std::size_t done = 0;
  for (int i = 0; i < drain_batch && head_ != tail_ && !halted_; ++i, ++done) {
    queued_event q = ring_[head_++ & (ring_.size() - 1)];
    ++running_;
    frame at{.outer = dispatcher_.top(), .type = q.rec->type, .event = q.rec->payload(),
             .rec = q.rec, .waiting = nullptr, .running = nullptr, .depth = q.rec->depth};
    dispatcher_.set_top(&at);
    run_queued(q, at);
    dispatcher_.set_top(at.outer);
    --running_;
  }
  for (std::size_t n = size(); n < settings_.capacity && wake_one(room_); ++n) {
  }
  if (done) dispatcher_.sub_pending(done);
  if (head_ != tail_ && !halted_ && !linked()) dispatcher_.rt().schedule(*this);
}

void subscription_state::run_queued(queued_event& q, frame& at) {
  if (expired(q)) [[unlikely]] {
    ++counts_.expired;
    settle(q, nullptr);
    return;
  }
  const bool measure = sampled();
  const time_point began = measure ? dispatcher_.rt().now() : time_point{};
  failure failed;
  bool threw = false;
  try {
    const bool handled = direct_ ? handler_->plain()(handler_->target(), q.view)
                                 : call_now(q.view, at);
    counts_.handled += handled;
  } catch (...) {
    threw = true;
    failed = {name(), std::string{q.rec->type->name}, std::current_exception()};
    ++counts_.dead;
    dispatcher_.report(*this, failed);
  }
  if (measure) [[unlikely]] {
    measured().waited.record(began - q.rec->accepted_at);
    measured().took.record(dispatcher_.rt().now() - began);
  }
  settle(q, threw ? &failed : nullptr);
}

void subscription_state::spawn_worker() {
  workers_.push_back(std::make_shared<worker>());
  const std::shared_ptr<worker>& me = workers_.back();
  // The signal must outlive the coroutine's whole machinery: the completion handler holds it.
  boost::asio::co_spawn(dispatcher_.rt().executor(),
                        work_loop(dispatcher_.shared_from_this(), *this, me),
                        boost::asio::bind_cancellation_slot(
                            me->stop.slot(), [keep = me](std::exception_ptr) {}));
}

task<> subscription_state::work_loop(std::shared_ptr<dispatcher> keep, subscription_state& self,
                                     std::shared_ptr<worker> me) {
  // Leaves the table of workers also when the coroutine is destroyed at the end of the runtime.
  struct leaving {
    subscription_state& self;
    const std::shared_ptr<worker>& me;
    ~leaving() { std::erase(self.workers_, me); }
  };
  {
    const leaving at_end{self, me};
    runtime& rt = keep->rt();
    int run = 0;
    queued_event q;
    while (!self.ended_) {
      if (self.halted_ || !self.take(q)) {
        if (co_await wait_in(self.idle_workers_, rt, self.settings_.name.c_str()) ==
            wait_status::cancelled)
          break;
        run = 0;
        continue;
      }
      co_await handle_one(self, q);
      if (++run % worker_batch == 0) co_await yield(rt);
    }
  }
  keep->settle_deferred();
}

task<> subscription_state::handle_one(subscription_state& self, queued_event q) {
  dispatcher& d = self.dispatcher_;
  // Whatever ends this frame, the event settles exactly once.
  struct settlement {
    subscription_state& self;
    queued_event q;
    failure failed;
    bool threw = false, cancelled = true;
    ~settlement() {
      --self.running_;
      if (self.lanes_) self.release_key(q);
      if (cancelled) ++self.counts_.dropped_for(drop_reason::shutdown);
      self.settle(q, threw ? &failed : nullptr);
      self.dispatcher_.sub_pending(1);
      if (!self.room_.empty() && self.size() < self.settings_.capacity) wake_one(self.room_);
    }
  } outcome{self, q, {}};
  if (self.expired(q)) {
    ++self.counts_.expired;
    outcome.cancelled = false;
    co_return;
  }
  frame at{.outer = nullptr, .type = q.rec->type, .event = q.rec->payload(), .rec = q.rec,
           .waiting = q.rec->waiting, .running = nullptr, .depth = q.rec->depth};
  context c{d, at, self};
  const bool measure = self.sampled();
  const time_point began = measure ? d.rt().now() : time_point{};
  try {
    if (self.handler_->has_filter() && !self.handler_->accepts(q.view)) {
      ++self.counts_.filtered;
      outcome.cancelled = false;
      co_return;
    }
    co_await self.handler_->start(q.view, c);
    ++self.counts_.handled;
    outcome.cancelled = false;
  } catch (...) {
    outcome.failed = {self.name(), std::string{q.rec->type->name}, std::current_exception()};
    outcome.cancelled = is_cancellation(outcome.failed.error);
    outcome.threw = !outcome.cancelled;
  }
  if (outcome.threw) {
    ++self.counts_.dead;
    d.report(self, outcome.failed);
  }
  if (measure) {
    self.measured().waited.record(began - q.rec->accepted_at);
    self.measured().took.record(d.rt().now() - began);
  }
}

// Takes the next event whose key is free; those of busy keys are parked in their lane.
bool subscription_state::take(queued_event& next) {
  if (lanes_ && !lanes_->unlocked.empty()) {
    next = lanes_->unlocked.front();
    lanes_->unlocked.pop_front();
    --parked_;
    ++running_;
    return true;
  }
  while (head_ != tail_) {
    next = ring_[head_++ & (ring_.size() - 1)];
    if (lanes_) {
      const auto [at, is_free] = lanes_->busy.try_emplace(handler_->key(next.view));
      if (!is_free) {
        at->second.push_back(next);
        ++parked_;
        continue;
      }
    }
    ++running_;
    return true;
  }
  return false;
}

// The event's key is free again, or goes on with its successor.
void subscription_state::release_key(const queued_event& q) {
  const auto at = lanes_->busy.find(handler_->key(q.view));
  if (at == lanes_->busy.end()) return;
  if (at->second.empty()) {
    lanes_->busy.erase(at);
    return;
  }
  lanes_->unlocked.push_back(at->second.front());
  at->second.pop_front();
  start_work();
}

}  // namespace ensue
