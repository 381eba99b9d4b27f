// How a subscription takes events from its queue: in batches for plain functions, by long-lived
// workers for coroutines.
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/in_hand.hpp>
#include <ensue/bus/key_lanes.hpp>
#include <ensue/bus/middleware.hpp>
#include <ensue/bus/obituary.hpp>
#include <ensue/bus/on_stack.hpp>
#include <ensue/bus/subscription_state.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace ensue {
namespace {

// After so many events others on the loop get their turn.
constexpr std::size_t drain_batch = 256;
constexpr int worker_batch = 64;

}  // namespace

void subscription_state::drain(work& w) {
  auto& self = static_cast<subscription_state&>(w);
  if (self.handler_->coroutine()) return self.start_work();
  self.drain_some();
}

void subscription_state::drain_some() {
  const dispatcher::on_stack keep{dispatcher_};
  frame at;
  at.outer = dispatcher_.top();
  dispatcher_.set_top(&at);
  std::size_t done = 0;
  while (done < drain_batch && !queue_.empty() && !halted_)
    done += drain_run(at, drain_batch - done);
  dispatcher_.set_top(at.outer);
  if (!room_.empty())
    for (std::size_t n = size(); n < settings_.capacity && wake_one(room_); ++n) {
    }
  if (done) dispatcher_.sub_pending(done);
  if (!queue_.empty() && !halted_ && !linked()) dispatcher_.rt().schedule(*this);
}

// Handles up to `most` events, or up to the first one that throws; returns how many settled.
std::size_t subscription_state::drain_run(frame& at, std::size_t most) {
  std::size_t done = 0;
  event_queue::reader events{queue_};
  ++running_;
  try {
    for (; done < most && !queue_.empty() && !halted_; ++done) run_queued(events, at);
  } catch (...) {
    --running_;  // whoever is told of the failure finds the event dead, not in hand
    failed(std::current_exception(), at);
    settle(at);
    return done + 1;
  }
  --running_;
  return done;
}

// Throws what the handler threw; the event has settled otherwise.
inline void subscription_state::run_queued(event_queue::reader& events, frame& at) {
  const bool measure = sampled();
  const time_point accepted_at = measure ? events.accepted_at() : time_point{};
  const queued_event q = events.next();
  at.rec = q.rec;
  at.nested = 0;
  if (q.rec) {
    at.type = q.rec->type;
    at.event = q.rec->payload();
    at.depth = q.rec->depth;
    if (q.rec->story && expired(q)) [[unlikely]] {
      ++counts_.expired;
      return settle(at);
    }
  } else {
    at.type = &type_;
    at.event = q.view;
    at.depth = 0;
  }
  const time_point began = measure ? dispatcher_.rt().now() : time_point{};
  if (direct_) [[likely]] {
    handler_->plain()(handler_->target(), q.view);
    ++counts_.handled;
  } else {
    counts_.handled += call_now(q.view, at);
  }
  if (measure) [[unlikely]]
    note_times(accepted_at, began);
  settle(at);
}

// An event built in the queue may have got a record, or a story, while its handler ran.
inline void subscription_state::settle(frame& at) {
  if (at.rec) settle({at.rec, nullptr}, nullptr);
  if (at.own_story) [[unlikely]]
    at.drop_story();
}

void subscription_state::note_times(time_point accepted_at, time_point began) {
  measured().waited.record(began - accepted_at);
  measured().took.record(dispatcher_.rt().now() - began);
}

void subscription_state::put_down(const queued_event& q, failure* failed, bool lost) {
  --running_;
  if (lanes_) release_key(q);
  settle(q, failed, lost);
  dispatcher_.sub_pending(1);
  if (!room_.empty() && size() < settings_.capacity) wake_one(room_);
}

subscription_state::leaving::~leaving() {
  std::erase(self.workers_, me);
  // A cancelled worker leaves events behind that came after it was told: others take over.
  if (!self.ended_ && self.size() > 0 && !self.linked()) self.dispatcher_.rt().schedule(self);
}

void subscription_state::spawn_worker() {
  workers_.push_back(std::make_shared<worker>());
  const std::shared_ptr<worker>& me = workers_.back();
  // The signal must outlive the coroutine's whole machinery: the completion handler holds it.
  auto keep = dispatcher_.shared_from_this();
  boost::asio::co_spawn(
      dispatcher_.rt().executor(),
      settings_.batches.count > 0 ? batch_loop(std::move(keep), *this, me)
      : deliveries_               ? deliveries::work_loop(std::move(keep), *this, me)
                                  : work_loop(std::move(keep), *this, me),
      boost::asio::bind_cancellation_slot(me->stop.slot(), [keep = me](std::exception_ptr) {}));
}

task<> subscription_state::begin(const void* view, context& c) {
  if (middleware_chain* chain = dispatcher_.wrapping()) [[unlikely]]
    return chain->start(*handler_, view, c);
  return handler_->start(view, c);
}

task<> subscription_state::work_loop(std::shared_ptr<dispatcher> keep, subscription_state& self,
                                     std::shared_ptr<worker> me) {
  {
    const leaving at_end{self, me};
    runtime& rt = keep->rt();
    int run = 0;
    queued_event q;
    while (!self.ended_ && !me->told) {
      if (!self.may_take() || !self.take(q)) {
        if (co_await wait_in(self.idle_workers_, rt, self.settings_.name.c_str()) ==
            wait_status::cancelled)
          break;
        run = 0;
        continue;
      }
      {
        // Settles the event exactly once, whatever ends this block, the end of the world included.
        in_hand event{self, q};
        if (!event.may_begin()) continue;
        try {
          co_await self.begin(q.view, event.ctx());
          event.ctx().reached() ? event.handled() : event.held_back();
        } catch (...) {
          event.threw(std::current_exception(), me->told);
        }
      }
      // Not with the event in hand: it would count as handled and as running.
      if (++run % worker_batch == 0) co_await yield(rt);
    }
  }
  keep->settle_deferred();
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
  while (!queue_.empty()) {
    next = queue_.pop();
    if (lanes_) {
      const auto [at, is_free] =
          lanes_->busy.try_emplace(handler_->key(next.view, *next.rec->type));
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
  const auto at = lanes_->busy.find(handler_->key(q.view, *q.rec->type));
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
