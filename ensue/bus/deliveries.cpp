#include <ensue/async/buggify.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/in_hand.hpp>
#include <ensue/bus/obituary.hpp>

#include <algorithm>

namespace ensue {
namespace {

// When the store of dead letters is full or ill.
constexpr std::chrono::seconds bury_again{5};
constexpr std::chrono::milliseconds late{50};  // at a fault site

bool looks(const policy& p) {
  return p.expire != duration::max() || p.dedupe.on() || p.rate.limited || p.rate_each.limited;
}

bool may_drain(subscription_state& self, const policy& p) {
  return self.handle().plain_by_worker() && !self.handle().has_key() && !looks(p) &&
         p.retry.deadline == duration::max() && p.breaker.mode != breaker_mode::rate;
}

}  // namespace

deliveries::deliveries(subscription_state& self, const policy& p)
    : self_{self},
      rt_{self.engine().rt()},
      policy_{p},
      random_{rt_.random("retry " + self.name())},
      timed_{p.times_out() || p.retry.deadline != duration::max()},
      looks_{looks(p)},
      drains_{may_drain(self, p)},
      timer_{rt_} {
  const char* const name = self.name().c_str();
  if (p.dedupe.on()) {
    if (p.dedupe_in) {
      dedupe_.emplace(rt_, p.dedupe, *p.dedupe_in, name);
    } else {
      dedupe_.emplace(rt_, p.dedupe, name);
    }
  }
  if (p.rate.limited) bucket_.emplace(p.rate, rt_.now());
  if (p.rate_each.limited)
    tenants_ = std::make_shared<keyed_rate_limit>(
        rt_, keyed_rate_policy{.each = p.rate_each, .waiting_max = p.rate_each.waiting_max});
  if (p.breaks()) {
    breaker_.emplace(rt_, p.breaker, name);
    breaker_->on_change([this](const breaker_change& c) { breaker_changed(c); });
  }
  if (p.retries() && p.retry_budget.limited) budget_.emplace(rt_, p.retry_budget);
}

deliveries::~deliveries() = default;

std::size_t deliveries::parked() const noexcept {
  return parked_.size() + copies_.size() + in_line_.size();
}

void deliveries::fail(in_hand& event, delivery& d, const std::exception_ptr& error) {
  if (!d.tries) d.tries.emplace(policy_.retry, d.began);
  d.tries->begin_attempt(d.began);
  d.permit.failed(error);
  timed_out_ += has_code(error, errc::timed_out);
  const next_step next = d.tries->after(error, rt_, random_, budget_ ? &*budget_ : nullptr);
  if (!next.again() || self_.ended_)
    return give_up(
        d, error,
        next.end == retry_end::permanent ? death_reason::permanent : death_reason::exhausted);
  ++retried_;
  const time_point due = saturating_add(rt_.now(), next.wait);
  // Alone with its queue and without keys: a short wait keeps the order.
  if (next.hold && self_.concurrency_ <= 1 && !self_.lanes_)
    closed_until_ = std::max(closed_until_, due);
  d.permit = {};
  d.has_turn = false;
  park(event, d, parked_, due);
}

void deliveries::give_up(delivery& d, const std::exception_ptr& error, death_reason why) {
  d.last = error;
  d.letter = std::make_unique<dead_letter>(
      letter_about(self_, *d.event.rec, d.tries ? &*d.tries : nullptr, why, error));
  d.claim.failed();
  claim_settled();
}

// The event is dead when its letter is safe; until then it stays, and is tried to be kept again.
task<> deliveries::bury(deliveries& self, in_hand& event, delivery& d) {
  bool kept = false;
  std::exception_ptr failed;
  try {
    dispatcher& engine = self.self_.engine();
    kept =
        co_await keep_letter(engine.shared_from_this(), engine.letters_for(self.self_), *d.letter);
  } catch (...) {
    failed = std::current_exception();
  }
  if (failed && is_cancellation(failed)) co_return;  // dropped with the worker
  if (!kept) {
    const time_point due = saturating_add(self.rt_.now(), bury_again);
    self.park(event, d, self.parked_, due);
    co_return;
  }
  event.threw(d.last, false);
  announce(self.self_.engine(), self.policy_.on_failure, *d.letter);
}

void deliveries::park(in_hand& event, delivery& d, std::vector<delivery>& where, time_point due) {
  event.set_aside();
  --self_.running_;
  ++self_.parked_;
  d.due = due;
  if (d.turn == 0) d.turn = ++turns_;
  where.push_back(std::move(d));
  if (&where == &parked_) std::push_heap(parked_.begin(), parked_.end(), later{});
}

// Workers that end an attempt may make room at the breaker.
void deliveries::attempt_ended() {
  if (closed_until_ != never) return;
  closed_until_ = rt_.now();
  make_due(parked_, closed_until_);
  std::make_heap(parked_.begin(), parked_.end(), later{});
  wake();
}

void deliveries::make_due(std::vector<delivery>& from, time_point now) {
  for (delivery& d : from)
    if (d.due == never) d.due = now;
}

// Copies look again: the first of them takes the place of one that failed.
void deliveries::claim_settled() {
  if (copies_.empty()) return;
  for (delivery& d : copies_) {
    d.due = rt_.now();
    parked_.push_back(std::move(d));
    std::push_heap(parked_.begin(), parked_.end(), later{});
  }
  copies_.clear();
  wake();
}

std::size_t deliveries::drop_all(drop_reason reason) {
  std::size_t dropped = 0;
  for (std::vector<delivery>* all : {&parked_, &copies_, &in_line_}) {
    for (delivery& d : std::exchange(*all, {})) {
      if (self_.lanes_ && !self_.ended_) self_.release_key(d.event);
      self_.drop(d.event, reason);
      ++dropped;
    }
  }
  timer_.cancel();
  return dropped;
}

void deliveries::wake() {
  if (self_.ended_ || !self_.may_take()) return;  // who is at work looks again when it is done
  const std::size_t most = std::min<std::size_t>(self_.concurrency_, self_.size());
  for (std::size_t i = 0; i < most; ++i) self_.start_work();
}

// One timer for all that is parked with a time.
void deliveries::arm() {
  const time_point now = rt_.now();
  time_point next = parked_.empty() ? never : parked_.front().due;
  if (closed_until_ > now && !self_.queue_.empty()) next = std::min(next, closed_until_);
  if (next == never || self_.ended_) return;
  if (buggify(rt_, "deliveries.wakes_late")) next = saturating_add(next, late);
  timer_.call_at(next, [this] { wake(); });
}

}  // namespace ensue
