#include <ensue/async/errors.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/testing/recording_bus.hpp>

namespace ensue::testing {
namespace {

template <class Log>
bus_options recording_failures(bus_options options, std::shared_ptr<Log> into) {
  options.on_failure = [into, before = std::move(options.on_failure)](const failure& f) {
    into->failures.push_back(f);
    if (before) before(f);
  };
  return options;
}

}  // namespace

recording_bus::recording_bus(runtime& rt, bus_options options)
    : recording_bus{rt, std::move(options), std::make_shared<log>()} {}

recording_bus::recording_bus(runtime& rt, bus_options options, std::shared_ptr<log> l)
    : bus{rt, recording_failures(std::move(options), l)}, log_{std::move(l)} {
  middleware m;
  m.on_publish = [into = log_](publishing& p) {
    const event_ref e = p.event();
    into->entries.push_back({&e.type(), std::string{e.name()}, e.copy()});
    wake_all(into->waiting);
    return true;
  };
  use(std::move(m));
}

std::vector<std::string> recording_bus::names() const {
  std::vector<std::string> all;
  for (const entry& e : log_->entries) all.push_back(e.name);
  return all;
}

task<> recording_bus::wait_for_entry(dispatcher& d, log& l, time_point until) {
  const wait_status end = co_await timed_wait(l.waiting, d.rt(), "published event", until);
  if (end == wait_status::cancelled) throw_cancelled();
  if (end == wait_status::closed) throw system_error(errc::timed_out, "awaiting an event");
}

std::string recording_bus::ledger_fault() const {
  std::string fault;
  for (const account& a : accounts())
    if (!a.counts.balanced() || a.counts.in_flight() > 0)
      fault.append(a.subscription).append(": ").append(a.counts.text()).append("\n");
  if (!total().balanced()) fault.append("all: ").append(total().text()).append("\n");
  return fault;
}

}  // namespace ensue::testing
