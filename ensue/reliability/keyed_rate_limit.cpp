#include <ensue/reliability/keyed_rate_limit.hpp>

#include <algorithm>

namespace ensue {

struct keyed_rate_limit::tenant {
  tenant(std::string_view k, const rate_policy& p, time_point now) : key{k}, own{p, now} {}
  enum class place : std::uint8_t { nowhere, round, resting, idle };

  std::string key;
  token_bucket own;
  work_list calls;  // that wait
  place at = place::nowhere;
  std::list<tenant*>::iterator idle{};
};

std::optional<std::string> keyed_rate_policy::wrong() const {
  if (auto sentence = shared.wrong()) return "shared " + *sentence;
  if (auto sentence = each.wrong()) return "each " + *sentence;
  if (!shared.limited && !each.limited)
    return "keyed_rate.shared and keyed_rate.each have both no limit; at least one is needed";
  if (keys_max < 1) return "keyed_rate.keys_max is 0; at least 1 is needed";
  return std::nullopt;
}

keyed_rate_limit::keyed_rate_limit(runtime& rt, keyed_rate_policy policy, const char* name)
    : rt_{rt}, policy_{policy}, name_{name}, shared_{policy.shared, rt.now()}, alarm_{*this} {
  ENSUE_ASSERT(!policy.wrong(), "the policy is wrong");
}

keyed_rate_limit::~keyed_rate_limit() {
  ENSUE_ASSERT(waiting() == 0 || rt_.ending(), "a rate limit died, coroutines wait for it");
}

std::size_t keyed_rate_limit::waiting() const noexcept {
  std::size_t all = 0;
  for (const auto& [key, t] : tenants_) all += t->calls.size();
  return all;
}

keyed_rate_limit::tenant* keyed_rate_limit::find_or_make(std::string_view key, time_point now) {
  if (const auto at = tenants_.find(key); at != tenants_.end()) return at->second.get();
  if (tenants_.size() >= policy_.keys_max && !forget_one(now)) return nullptr;
  auto made = std::make_unique<tenant>(key, policy_.each, now);
  tenant& t = *made;
  tenants_.emplace(t.key, std::move(made));
  return &t;
}

// Who has been idle longest has most likely nothing left to remember.
bool keyed_rate_limit::forget_one(time_point now) {
  if (idle_.empty() || !idle_.front()->own.full(now)) return false;
  tenant& t = *idle_.front();
  idle_.pop_front();
  tenants_.erase(tenants_.find(t.key));
  return true;
}

// Nobody of `t` waits now.
void keyed_rate_limit::leave(tenant& t) {
  if (!policy_.each.limited) {
    tenants_.erase(tenants_.find(t.key));
  } else if (t.at == tenant::place::idle) {
    idle_.splice(idle_.end(), idle_, t.idle);
  } else {
    t.at = tenant::place::idle;
    t.idle = idle_.insert(idle_.end(), &t);
  }
}

void keyed_rate_limit::stand_in_line(tenant& t, time_point now) {
  if (t.at == tenant::place::idle) idle_.erase(t.idle);
  const time_point ready = t.own.ready_at(now);
  if (ready <= now) {
    t.at = tenant::place::round;
    round_.push_back(&t);
  } else {
    t.at = tenant::place::resting;
    resting_.emplace(ready, &t);
  }
}

bool keyed_rate_limit::take_now(tenant& t, time_point now) {
  const bool in_line = t.at == tenant::place::round || t.at == tenant::place::resting;
  if (in_line || !round_.empty() || t.own.ready_at(now) > now || !shared_.try_take(now))
    return false;
  (void)t.own.try_take(now);
  ++taken_;
  return true;
}

result<> keyed_rate_limit::try_take(std::string_view key) {
  const time_point now = rt_.now();
  tenant* t = find_or_make(key, now);
  if (!t) return errc::full;
  const bool taken = take_now(*t, now);
  if (t->at == tenant::place::nowhere || t->at == tenant::place::idle) leave(*t);
  if (!taken) return errc::empty;
  return {};
}

task<> keyed_rate_limit::take(std::string key) {
  const time_point now = rt_.now();
  tenant* t = find_or_make(key, now);
  if (!t || t->calls.size() >= policy_.waiting_max) throw system_error{errc::full, name_};
  if (take_now(*t, now)) {
    leave(*t);
    co_return;
  }
  if (t->at == tenant::place::nowhere || t->at == tenant::place::idle) {
    stand_in_line(*t, now);
    arm(now);
  }
  co_await wait_or_throw(t->calls, rt_, name_);
  // Not by a coroutine of its own: to await one throws already.
  const auto cancellation = co_await this_coro::cancellation_state;
  const bool throws = co_await this_coro::throw_if_cancelled();
  if (throws && cancellation.cancelled() != boost::asio::cancellation_type::none) {
    put_back(key);
    throw_cancelled();
  }
}

void keyed_rate_limit::put_back(std::string_view key) {
  --taken_;
  shared_.put_back();
  if (const auto at = tenants_.find(key); at != tenants_.end()) at->second->own.put_back();
  serve();
}

void keyed_rate_limit::serve() {
  const time_point now = rt_.now();
  while (!resting_.empty() && resting_.begin()->first <= now) {
    tenant* t = resting_.extract(resting_.begin()).mapped();
    t->at = tenant::place::round;
    round_.push_back(t);
  }
  while (!round_.empty()) {
    tenant& t = *round_.front();
    const bool gone = t.calls.empty();  // cancelled
    if (!gone && !shared_.try_take(now)) break;
    round_.pop_front();
    t.at = tenant::place::nowhere;
    if (!gone) {
      (void)t.own.try_take(now);
      ++taken_;
      wake_one(t.calls);
    }
    if (t.calls.empty()) {
      leave(t);
    } else {
      stand_in_line(t, now);
    }
  }
  arm(now);
}

void keyed_rate_limit::arm(time_point now) {
  rt_.disarm(alarm_);
  if (!round_.empty()) {
    rt_.arm(alarm_, shared_.ready_at(now));
  } else if (!resting_.empty()) {
    rt_.arm(alarm_, resting_.begin()->first);
  }
}

}  // namespace ensue
