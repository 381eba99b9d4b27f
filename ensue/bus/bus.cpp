#include <ensue/async/errors.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/bus/bus.hpp>

namespace ensue {

bus::bus(runtime& rt, bus_options options)
    : engine_{std::make_shared<dispatcher>(rt, std::move(options))} {}

bus::~bus() {
  if (engine_) engine_->close();
}

subscription bus::add(const event_type_info& type, std::unique_ptr<handler> handle,
                      subscription_settings settings) {
  return subscription{engine_->add(type, std::move(handle), std::move(settings))};
}

task<> bus::wait_idle(duration within) {
  const std::shared_ptr<dispatcher> engine = engine_;
  const time_point until = saturating_add(engine->rt().now(), within);
  while (!engine->idle()) {
    switch (co_await timed_wait(engine->idle_waiters(), engine->rt(), "idle bus", until)) {
      case wait_status::ready: break;
      case wait_status::cancelled: throw_cancelled();
      case wait_status::closed: throw system_error(errc::timed_out, "waiting for an idle bus");
    }
  }
}

std::vector<bus::account> bus::accounts() const {
  std::vector<account> all;
  for (const subscription_state* s : engine_->subscriptions()) {
    const histogram& queued = s->time_in_queue();
    const histogram& handled = s->handling_time();
    all.push_back({.subscription = s->name(),
                   .event = std::string{s->type().name},
                   .counts = engine_->snapshot(*s),
                   .failed = s->failures(),
                   .timed_out = s->timed_out(),
                   .refused = s->refused(),
                   .queued_p50 = queued.quantile(0.5),
                   .queued_p99 = queued.quantile(0.99),
                   .queued_p999 = queued.quantile(0.999),
                   .handled_p50 = handled.quantile(0.5),
                   .handled_p99 = handled.quantile(0.99),
                   .handled_p999 = handled.quantile(0.999)});
  }
  return all;
}

}  // namespace ensue
