// The worker of a subscription that has a policy, and one attempt of it. What an event passes here
// that nothing stops is the hot path: it stays in one file so that the compiler sees it whole.
#include <ensue/async/errors.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/in_hand.hpp>
#include <ensue/bus/on_stack.hpp>

#include <boost/asio/this_coro.hpp>

namespace ensue {
namespace {

// Turns to wait for a cancellation; a handler may have switched them off for its whole coroutine.
constexpr int arrival_max = 10'000;

}  // namespace

task<> deliveries::work_loop(std::shared_ptr<dispatcher> keep, subscription_state& self,
                             std::shared_ptr<subscription_state::worker> me) {
  {
    const subscription_state::leaving at_end{self, me};
    deliveries& all = *self.deliveries_;
    runtime& rt = all.rt_;
    attempt_limit limit{rt, {me, &me->stop}};
    int run_length = 0;
    delivery d;
    while (!self.ended_ && !me->told) {
      std::exception_ptr error;
      if (all.drains_ && self.direct_ && self.may_take()) error = all.drain(d, *me, run_length);
      if (!error && (!self.may_take() || !all.take(d))) {
        limit.rest();
        all.arm();
        if (co_await wait_in(self.idle_workers_, rt, self.settings_.name.c_str()) ==
            wait_status::cancelled)
          break;
        run_length = 0;
        continue;
      }
      {
        in_hand event{self, d.event};
        if (error) {
          all.end_attempt(event, d, error);
        } else if (!d.letter && all.passes(event, d)) {
          if (all.begin(event, d, limit, error)) {
            try {
              co_await self.begin(d.event.view, event.ctx());
            } catch (...) {
              error = std::current_exception();
            }
            if (limit.over() && !me->told) {
              // What the timer sent may still be on its way; the worker itself goes on.
              const auto sent = co_await boost::asio::this_coro::cancellation_state;
              for (int turn = 0; turn < arrival_max; ++turn) {
                if (sent.cancelled() != boost::asio::cancellation_type::none) break;
                co_await yield(rt);
              }
              co_await boost::asio::this_coro::reset_cancellation_state();
              if (is_cancellation(error)) error = attempt_limit::timed_out(error);
            }
          }
          // Before it counts as handled: nothing is in hand then.
          if (!error && d.claim.first() && !me->told) co_await remember(all, d);
          // Cancelled with its worker, the event is dropped with what is in hand.
          if (!me->told || !is_cancellation(error)) all.end_attempt(event, d, error);
        }
        if (d.letter && !me->told) co_await bury(all, event, d);
      }
      // Cancelled, held back or ended: its copies have their turn. (Parked, it keeps its claim.)
      const bool claimed = d.claim.first();
      d.clear();
      if (claimed) all.claim_settled();
      if (++run_length >= worker_batch && !me->told) {
        run_length = 0;
        co_await yield(rt);
      }
    }
  }
  keep->settle_deferred();
}

// What is due of the parked goes first: it came earlier than anything in the queue.
bool deliveries::take(delivery& next) {
  const bool waits = !parked_.empty() || closed_until_ != time_point{};
  const time_point now = waits ? rt_.now() : time_point{};
  if (!parked_.empty() && parked_.front().due <= now) {
    std::pop_heap(parked_.begin(), parked_.end(), later{});
    next = std::move(parked_.back());
    parked_.pop_back();
    --self_.parked_;
    ++self_.running_;
    return true;
  }
  if (now < closed_until_) return false;
  closed_until_ = {};
  return self_.take(next.event);
}

// What a function may change about its own subscription.
inline bool deliveries::drainable(const subscription_state::worker& me) const noexcept {
  return self_.direct_ && self_.running_ <= self_.concurrency_ && !me.told;
}

// As a queue without a policy is drained. Returns what the first attempt of `next.event` has come
// to, when it failed; else null, and whatever is still there has to go the long way.
//
// None of what is looked at before the loop can change in it: it has no other worker's steps.
std::exception_ptr deliveries::drain(delivery& next, const subscription_state::worker& me,
                                     int& run_length) {
  if (!parked_.empty() || closed_until_ != time_point{} || (breaker_ && !breaker_->closed()))
    return {};
  dispatcher& engine = self_.dispatcher_;
  const dispatcher::on_stack keep{engine};
  frame at;
  at.outer = engine.top();
  engine.set_top(&at);
  std::size_t done = 0;
  queued_event q;
  std::exception_ptr error;
  ++self_.running_;
  try {
    for (; done < drain_batch && !self_.queue_.empty() && drainable(me); ++done) {
      q = self_.queue_.pop();
      at.rec = q.rec;
      at.type = q.rec->type;
      at.event = q.rec->payload();
      at.depth = q.rec->depth;
      at.nested = 0;
      run_one(q);
    }
  } catch (...) {
    error = std::current_exception();
    next.event = q;
    next.began = rt_.turn_time();
  }
  engine.set_top(at.outer);
  drained(done, error ? &next : nullptr);
  if (done == drain_batch) run_length = worker_batch;
  return error;
}

// Throws what the function threw; the event has settled otherwise.
inline void deliveries::run_one(const queued_event& q) {
  if (q.rec->story && self_.expired(q)) [[unlikely]] {
    ++self_.counts_.expired;
    return subscription_state::settle(q, nullptr);
  }
  const bool measure = self_.sampled();
  const time_point began = measure ? rt_.now() : time_point{};
  self_.handler_->plain_by_worker()(self_.handler_->target(), q.view);
  ++self_.counts_.handled;
  ++drained_;
  if (measure) [[unlikely]]
    self_.note_times(q.rec->accepted_at, began);
  subscription_state::settle(q, nullptr);
}

// `failed` stays at work: who takes it over puts it down.
void deliveries::drained(std::size_t done, delivery* failed) {
  const std::uint64_t good = std::exchange(drained_, 0);
  if (budget_) budget_->succeeded(good);
  if (breaker_) {
    breaker_->succeeded(good);
    if (failed) failed->permit = breaker_->pass_closed();
  }
  if (!failed) --self_.running_;
  if (!self_.room_.empty())
    for (std::size_t n = self_.size(); n < self_.settings_.capacity && wake_one(self_.room_); ++n) {
    }
  if (done) self_.dispatcher_.sub_pending(done);
}

// As `admit`, which knows all cases.
inline bool deliveries::passes(in_hand& event, delivery& d) {
  if (looks_ || d.tries || (breaker_ && !breaker_->closed())) return admit(event, d);
  if (!event.may_begin()) return false;
  if (breaker_) d.permit = breaker_->pass_closed();
  return true;
}

// True: the handler's coroutine has to be started. False: all is over, `error` says how.
//
// An attempt without an end to keep is dated to the beginning of the loop's turn: its duration is
// for people, and a clock read costs as much as handling the event.
bool deliveries::begin(in_hand& event, delivery& d, attempt_limit& limit,
                       std::exception_ptr& error) {
  d.began = timed_ ? rt_.now() : rt_.turn_time();
  time_point end = never;
  if (timed_) {
    const time_point last =
        d.tries ? d.tries->deadline() : saturating_add(d.began, policy_.retry.deadline);
    end = std::min(saturating_add(d.began, policy_.timeout), last);
    if (end <= d.began) {
      error = attempt_limit::timed_out(nullptr);
      return false;
    }
    limit.begin(end);
  }
  if (timed_ || d.tries) event.ctx().set_attempt(d.tries ? d.tries->attempt() : 1, end);
  if (!self_.handler_->function() || self_.dispatcher_.wrapping()) return true;
  error = call(event, d);
  return limit.over(), false;
}

// A plain function: what it publishes has this event as its cause, as in every other call of one.
std::exception_ptr deliveries::call(in_hand& event, const delivery& d) {
  dispatcher& engine = self_.dispatcher_;
  const dispatcher::on_stack keep{engine};
  frame& at = event.ctx().at();
  at.outer = engine.top();
  engine.set_top(&at);
  std::exception_ptr error;
  try {
    self_.handler_->run(d.event.view, event.ctx());
  } catch (...) {
    error = std::current_exception();
  }
  engine.set_top(std::exchange(at.outer, nullptr));
  return error;
}

// The event is settled, or parked, or has its letter at the end.
void deliveries::end_attempt(in_hand& event, delivery& d, const std::exception_ptr& error) {
  if (error) {
    fail(event, d, error);
  } else {
    event.ctx().reached() ? event.handled() : event.held_back();
    d.permit.succeeded();
    if (budget_) budget_->succeeded();
  }
  if (d.permit) d.permit = {};
  attempt_ended();
}

// The effect has happened: a copy that comes after a restart may repeat it, no more.
task<> deliveries::remember(deliveries& self, delivery& d) {
  std::exception_ptr error;
  try {
    co_await d.claim.succeeded();
  } catch (...) {
    error = std::current_exception();
  }
  if (error && !is_cancellation(error)) {
    const failure f{self.self_.name(), std::string{d.event.rec->type->name}, error};
    self.self_.engine().report(self.self_, f);
  }
  self.claim_settled();
}

}  // namespace ensue
