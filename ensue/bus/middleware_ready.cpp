// The middleware that comes with the bus.
#include <ensue/async/errors.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/bus/middleware.hpp>

namespace ensue {

middleware log_events(log_level level) {
  middleware m;
  m.on_publish = [level](publishing& p) {
    const log_field fields[] = {{"event", p.name()}};
    p.rt().log().write(level, "event published", fields);
    return true;
  };
  m.after = [level](context& c, const std::exception_ptr& error) {
    const std::string name{c.event().name()};
    const std::string what = error ? describe(error) : std::string{};
    const log_field fields[] = {{"event", std::string_view{name}},
                                {"handler", c.subscription()},
                                {"error", std::string_view{what}}};
    const std::string_view text = error         ? "event failed"
                                  : c.reached() ? "event handled"
                                                : "event held back";
    c.rt().log().write(level, text, {fields, error ? 3u : 2u});
  };
  return m;
}

middleware authorise(std::function<bool(const event_ref&)> allow) {
  middleware m;
  m.on_publish = [allow = std::move(allow)](publishing& p) {
    if (allow(p.event())) return true;
    const log_field fields[] = {{"event", p.name()}};
    p.rt().log().write(log_level::warning, "not authorised: the event is dropped", fields);
    return false;
  };
  return m;
}

middleware authorise_handlers(std::function<bool(context&)> allow) {
  middleware m;
  m.before = [allow = std::move(allow)](context& c) {
    if (allow(c)) return true;
    const std::string name{c.event().name()};
    const log_field fields[] = {{"event", std::string_view{name}}, {"handler", c.subscription()}};
    c.rt().log().write(log_level::warning, "not authorised: the handler is not called", fields);
    return false;
  };
  return m;
}

namespace {

event_figures::line& line_of(event_figures& all, std::string_view name) {
  const auto at = all.by_event.find(name);
  return at != all.by_event.end() ? at->second : all.by_event[std::string{name}];
}

void count_end(event_figures& all, context& c, time_point began, bool failed) {
  if (!c.reached()) return;
  event_figures::line& line = line_of(all, c.event().name());
  ++(failed ? line.failed : line.handled);
  line.handling += c.rt().now() - began;
}

task<> count_task(std::shared_ptr<event_figures> all, context& c, next_task next) {
  const time_point began = c.rt().now();
  std::exception_ptr error;
  try {
    co_await next();
  } catch (...) {
    error = std::current_exception();
  }
  count_end(*all, c, began, error != nullptr);
  if (error) std::rethrow_exception(error);
}

}  // namespace

middleware count_events(std::shared_ptr<event_figures> figures) {
  middleware m;
  m.on_publish = [figures](publishing& p) {
    ++line_of(*figures, p.name()).published;
    return true;
  };
  m.around = [figures](context& c, next_call next) {
    const time_point began = c.rt().now();
    try {
      next();
    } catch (...) {
      count_end(*figures, c, began, true);
      throw;
    }
    count_end(*figures, c, began, false);
  };
  m.around_task = [figures](context& c, next_task next) { return count_task(figures, c, next); };
  return m;
}

}  // namespace ensue
