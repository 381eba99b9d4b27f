#include <ensue/async/errors.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/transport/memory_consumer.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace ensue {

memory_consumer::memory_consumer(memory_transport& from, std::shared_ptr<memory_broker> broker,
                                 memory_broker::group& g, std::size_t prefetch)
    : from_{&from}, broker_{std::move(broker)}, group_{g}, prefetch_{prefetch} {
  from_->consumers_.push_back(this);
}

memory_consumer::~memory_consumer() {
  if (from_) std::erase(from_->consumers_, this);
  const time_point now = broker_->rt().now();
  for (const std::uint64_t token : mine_) group_.lanes.requeue(token, now);
  --group_.members;
  wake_all(group_.waiting);
}

task<transport_result<delivery>> memory_consumer::next() {
  runtime& rt = broker_->rt();
  for (;;) {
    if (stopped_) co_return transport_error{errc::closed, "memory: the consumer was stopped"};
    std::erase_if(mine_, [&](std::uint64_t t) { return !group_.lanes.is_out(t); });  // overdue ones
    if (mine_.size() < prefetch_) {
      if (auto d = group_.lanes.take(rt.now())) {
        mine_.insert(d->token);
        if (!broker_->alarm_.pending()) broker_->look_later();
        co_return std::move(*d);
      }
    }
    if (co_await wait_in(group_.waiting, rt, "memory consumer: the next delivery") ==
        wait_status::cancelled)
      throw_cancelled();
  }
}

task<result<>> memory_consumer::settle(std::uint64_t token, settlement how) {
  co_return settle_now(token, std::move(how));
}

result<> memory_consumer::settle_now(std::uint64_t token, settlement how) {
  const time_point now = broker_->rt().now();
  auto found = group_.lanes.settle(token, how.what, now);
  if (!found) {
    if (found.error() == errc::expired) mine_.erase(token);
    return found.error() == errc::empty ? result<>{} : found.error();
  }
  mine_.erase(token);
  const delivery_lanes::arrival& what = **found;
  const std::uint64_t position = what.handle;
  if (how.what == settlement::kind::retry_later) {
    group_.lanes.retry_here(token, saturating_add(now, how.wait));
    broker_->look_later();
  } else {
    if (how.what == settlement::kind::dead) {
      group_.dead.push_back({what.event, what.attempt, std::move(how.reason)});
      if (group_.dead.size() > broker_->options_.dead_max) group_.dead.pop_front();
    }
    group_.lanes.settled(token);
    broker_->settled(group_, position);
    broker_->fill(group_);
    broker_->trim();
  }
  wake_all(group_.waiting);
  return {};
}

task<result<>> memory_consumer::extend(std::uint64_t token) {
  auto extended = group_.lanes.extend(token, broker_->rt().now());
  if (extended) co_return result<>{};
  co_return extended.error();
}

void memory_consumer::stop() {
  stopped_ = true;
  wake_all(group_.waiting);
}

}  // namespace ensue
