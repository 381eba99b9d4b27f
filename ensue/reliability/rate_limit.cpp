#include <ensue/reliability/rate_limit.hpp>

namespace ensue {

rate_limit::rate_limit(runtime& rt, rate_policy policy, const char* name)
    : rt_{rt}, name_{name}, bucket_{policy, rt.now()}, alarm_{*this} {
  ENSUE_ASSERT(!policy.wrong(), "the policy is wrong");
}

rate_limit::~rate_limit() {
  ENSUE_ASSERT(waiting_.empty() || rt_.ending(), "a rate limit died, coroutines wait for it");
}

bool rate_limit::try_take() noexcept {
  if (!waiting_.empty() || !bucket_.try_take(rt_.now())) return false;
  ++taken_;
  return true;
}

time_point rate_limit::next() noexcept { return bucket_.ready_at(rt_.now()); }

task<> rate_limit::take() {
  if (try_take()) co_return;
  if (waiting_.size() >= policy().waiting_max) throw system_error{errc::full, name_};
  if (waiting_.empty()) arm();
  co_await wait_or_throw(waiting_, rt_, name_);
  // Not by a coroutine of its own: to await one throws already.
  const auto cancellation = co_await this_coro::cancellation_state;
  const bool throws = co_await this_coro::throw_if_cancelled();
  if (throws && cancellation.cancelled() != boost::asio::cancellation_type::none) {
    --taken_;
    bucket_.put_back();
    serve();
    throw_cancelled();
  }
}

void rate_limit::arm() noexcept {
  rt_.disarm(alarm_);
  rt_.arm(alarm_, next());
}

void rate_limit::serve() noexcept {
  const time_point now = rt_.now();
  while (!waiting_.empty() && bucket_.try_take(now)) {
    ++taken_;
    wake_one(waiting_);
  }
  if (!waiting_.empty()) arm();
}

}  // namespace ensue
