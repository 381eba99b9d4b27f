#include <ensue/reliability/breaker.hpp>
#include <ensue/reliability/wording.hpp>

#include <algorithm>

namespace ensue {

// The permit is in the frame before it wakes: who is destroyed then gives it back.
struct breaker::waiting_call : wait_or_throw {
  waiting_call(breaker& b, permit& into) noexcept
      : wait_or_throw{b.waiting_, b.rt_, b.name_}, got{into} {}
  permit& got;
};

const char* text(breaker_state s) noexcept {
  switch (s) {
    case breaker_state::closed: return "closed";
    case breaker_state::open: return "open";
    case breaker_state::half_open: return "half open";
  }
  return "unknown";
}

breaker::breaker(runtime& rt, breaker_policy policy, const char* name)
    : rt_{rt},
      policy_{std::move(policy)},
      name_{name},
      window_{policy_.window},
      open_for_{policy_.open_for},
      alarm_{*this} {
  ENSUE_ASSERT(!policy_.wrong(), "the policy is wrong");
}

breaker::~breaker() {
  ENSUE_ASSERT(waiting_.empty() || rt_.ending(), "a breaker died, coroutines wait for it");
}

void breaker::permit::failed(const std::exception_ptr& error) {
  if (!from_) return;
  const bool counts = ensue::classify(from_->policy_.classify, error) == verdict::transient;
  settle(counts ? outcome::failed : outcome::undecided);
}

bool breaker::lets_through() const noexcept {
  return state_ == breaker_state::closed ||
         (state_ == breaker_state::half_open && probes_ < policy_.half_open_max);
}

breaker::permit breaker::grant() noexcept {
  const bool probe = state_ == breaker_state::half_open;
  if (probe) ++probes_;
  return {*this, generation_, probe};
}

result<breaker::permit> breaker::try_acquire() {
  end_open();
  if (lets_through()) return grant();
  ++counts_.refused;
  return errc::unavailable;
}

task<breaker::permit> breaker::acquire() {
  end_open();
  if (lets_through()) co_return grant();
  if (waiting_.size() >= policy_.waiting_max) {
    ++counts_.refused;
    throw system_error{errc::full, name_};
  }
  permit got;
  co_await waiting_call(*this, got);
  co_return got;
}

breaker::permit detail::pass(breaker& b) {
  auto p = b.try_acquire();
  if (!p) throw system_error{p.error(), b.name()};
  return std::move(*p);
}

time_point breaker::retry_at() {
  switch (state()) {
    case breaker_state::open: return open_until_;
    case breaker_state::half_open: return lets_through() ? rt_.now() : never;
    case breaker_state::closed: break;
  }
  return rt_.now();
}

breaker_state breaker::state() {
  end_open();
  return state_;
}

void breaker::settle(const permit& p, permit::outcome how) {
  if (p.probe_) --probes_;
  if (how == permit::outcome::undecided) {
    ++counts_.undecided;
  } else if (p.generation_ != generation_) {
    ++counts_.late;
  } else {
    ++(how == permit::outcome::failed ? counts_.failed : counts_.succeeded);
    if (p.probe_) {
      settle_probe(how);
    } else {
      settle_closed(how);
    }
  }
  serve();
}

void breaker::settle_closed(permit::outcome how) {
  const bool failed = how == permit::outcome::failed;
  if (policy_.mode == breaker_mode::consecutive) {
    failures_in_row_ = failed ? failures_in_row_ + 1 : 0;
    if (failures_in_row_ >= policy_.failures)
      open(std::to_string(failures_in_row_) + " failures in a row");
  } else if (policy_.mode == breaker_mode::rate) {
    const time_point now = rt_.now();
    window_.add(now, failed);
    const auto [calls, bad] = window_.count(now);
    if (calls >= policy_.calls_min &&
        static_cast<double>(bad) >= policy_.failure_rate * static_cast<double>(calls))
      open(std::to_string(bad) + " of " + std::to_string(calls) + " calls failed within " +
           in_words(policy_.window));
  }
}

void breaker::settle_probe(permit::outcome how) {
  if (how == permit::outcome::failed) {
    if (policy_.growth > 1) {
      const double longer = static_cast<double>(open_for_.count()) * policy_.growth;
      open_for_ = longer < static_cast<double>(policy_.open_max.count())
                      ? duration{static_cast<duration::rep>(longer)}
                      : policy_.open_max;
    }
    open("a probe failed");
  } else if (++probe_successes_ >= policy_.successes) {
    open_for_ = policy_.open_for;
    change(breaker_state::closed, std::to_string(probe_successes_) +
                                      (probe_successes_ == 1 ? " probe" : " probes") +
                                      " succeeded");
  }
}

void breaker::open(std::string reason) {
  open_until_ = saturating_add(rt_.now(), open_for_);
  ++counts_.opened;
  rt_.disarm(alarm_);
  rt_.arm(alarm_, open_until_);
  change(breaker_state::open, std::move(reason));
}

// Also asked for by callers: the timer may be behind them in the same turn.
void breaker::end_open() {
  if (state_ != breaker_state::open || rt_.now() < open_until_) return;
  rt_.disarm(alarm_);
  change(breaker_state::half_open, "was open for " + in_words(open_for_));
  serve();
}

void breaker::serve() {
  while (!waiting_.empty() && lets_through()) {
    auto& next = static_cast<waiting_call&>(*waiting_.front());
    next.got = grant();
    next.complete(wait_status::ready);
  }
}

void breaker::change(breaker_state to, std::string reason) {
  const breaker_state from = std::exchange(state_, to);
  ++generation_;
  window_.clear();
  failures_in_row_ = 0;
  probe_successes_ = 0;
  if (!on_change_) return;
  const breaker_change happened{from, to, std::move(reason), rt_.now()};
  on_change_(happened);
}

}  // namespace ensue
