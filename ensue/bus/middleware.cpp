#include <ensue/async/errors.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/middleware.hpp>

namespace ensue {

publishing::~publishing() {
  if (copied_) release(record_);
}

event_ref publishing::event() const noexcept {
  return {*entry_.type, event_, dispatcher_.options().registry};
}

runtime& publishing::rt() const noexcept { return dispatcher_.rt(); }

// The event as a record nobody else has yet.
void* publishing::own() {
  if (!record_) {
    ENSUE_ASSERT(entry_.type->copy, "an event must be copyable to be changed when emitted");
    record* r = dispatcher_.make_record(entry_, dispatcher_.top());
    try {
      entry_.type->copy(r->payload(), event_);
    } catch (...) {
      r->pool->give_back(r);
      throw;
    }
    record_ = r;
    event_ = r->payload();
    copied_ = true;
  }
  return record_->payload();
}

void next_call::operator()() const { chain_->call(*handler_, view_, *context_, from_); }

task<> next_task::operator()() const { return chain_->start(*handler_, view_, *context_, from_); }

bool middleware_chain::on_publish(publishing& p) {
  for (const middleware& m : all_) {
    if (!m.on_publish) continue;
    try {
      if (!m.on_publish(p)) return false;
    } catch (...) {
      const std::string what = describe(std::current_exception());
      const log_field fields[] = {{"event", p.name()}, {"error", std::string_view{what}}};
      p.rt().log().write(log_level::error, "a middleware failed: the event is dropped", fields);
      return false;
    }
  }
  return true;
}

void middleware_chain::call(handler& h, const void* view, context& c, std::size_t from) {
  if (from == 0) c.set_reached(false);
  while (from < all_.size() && !all_[from].wraps()) ++from;
  if (from == all_.size()) {
    c.set_reached(true);
    return h.run(view, c);
  }
  const middleware& m = all_[from];
  if (m.before && !m.before(c)) return;
  next_call next;
  next.chain_ = this, next.handler_ = &h, next.view_ = view, next.context_ = &c;
  next.from_ = from + 1;
  try {
    m.around ? m.around(c, next) : next();
  } catch (...) {
    if (m.after) m.after(c, std::current_exception());
    throw;
  }
  if (m.after) m.after(c, nullptr);
}

task<> middleware_chain::start(handler& h, const void* view, context& c, std::size_t from) {
  if (from == 0) c.set_reached(false);
  while (from < all_.size() && !all_[from].wraps()) ++from;
  if (from == all_.size()) {
    c.set_reached(true);
    co_await h.start(view, c);
    co_return;
  }
  const middleware& m = all_[from];
  if (m.before && !m.before(c)) co_return;
  next_task next;
  next.chain_ = this, next.handler_ = &h, next.view_ = view, next.context_ = &c;
  next.from_ = from + 1;
  std::exception_ptr error;
  try {
    if (m.around_task) {
      co_await m.around_task(c, next);
    } else {
      co_await next();
    }
  } catch (...) {
    error = std::current_exception();
  }
  if (m.after) m.after(c, error);
  if (error) std::rethrow_exception(error);
}

}  // namespace ensue
