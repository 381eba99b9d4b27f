#include <ensue/bus/bus.hpp>

#include <boost/system/system_error.hpp>

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

task<publish_result> bus::publish_record(std::shared_ptr<dispatcher> engine, record_ref r,
                                         const collector* collecting) {
  runtime& rt = engine->rt();
  while (subscription_state* blocked = engine->blocked_worker(*r->type))
    co_await wait_in(blocked->room_waiters(), rt, blocked->name().c_str());

  publication waiting{rt};
  if (collecting) {
    waiting.result_type = collecting->type;
    waiting.add_result = collecting->add;
    waiting.results = collecting->results;
  }
  struct detach {  // a cancelled wait must not leave a pointer to itself behind
    record* r;
    ~detach() { r->waiting = nullptr; }
  } const at_end{r.get()};
  r->waiting = &waiting;

  const emit_result now = engine->emit(r->type->id(), *r->type, r->payload(), r.get(), &waiting);
  if (now.refused) {
    const error_code ec = engine->closed() ? errc::closed : errc::too_deep;
    throw boost::system::system_error(ec, "publish");
  }
  while (!waiting.settled()) co_await wait_in(waiting.waiters(), rt, "publish: handlers");
  co_return publish_result{now.delivered, std::move(waiting.failures())};
}

task<> bus::wait_idle() {
  const std::shared_ptr<dispatcher> engine = engine_;
  while (!engine->idle()) co_await wait_in(engine->idle_waiters(), engine->rt(), "idle bus");
}

std::vector<bus::account> bus::accounts() const {
  std::vector<account> all;
  for (const subscription_state* s : engine_->subscriptions()) {
    all.push_back({s->name(), std::string{s->type().name}, engine_->snapshot(*s),
                   s->time_in_queue().quantile(0.5), s->time_in_queue().quantile(0.99),
                   s->handling_time().quantile(0.5), s->handling_time().quantile(0.99),
                   s->handling_time().quantile(0.999)});
  }
  return all;
}

}  // namespace ensue
