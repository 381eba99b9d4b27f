// The table of components and the steps of one component's life; the order of all is in
// registry_order.cpp.
#include <ensue/app/registry.hpp>
#include <ensue/app/registry_entry.hpp>
#include <ensue/async/sleep.hpp>

#include <algorithm>

namespace ensue {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& n : names) all += (all.empty() ? "" : ", ") + n;
  return all;
}

// Keeps the component alive as long as its work.
template <class Entry>
task<> holding([[maybe_unused]] Entry keep, task<> work) {
  co_await std::move(work);
}

}  // namespace

registry::~registry() {
  aborted_ = stopping_ = true;
  on_critical = nullptr;
}

void registry::add_handle(std::unique_ptr<component_handle> c, component_options options) {
  std::string name{c->name()};
  if (name.empty()) throw system_error{error_code{errc::invalid}, "a component has an empty name"};
  for (const entry_ref& e : entries_)
    if (e->name == name)
      throw system_error{error_code{errc::exists},
                         "component \"" + name + "\" is registered twice"};
  entries_.push_back(std::make_shared<entry>(std::move(c), std::move(name), std::move(options)));
}

void* registry::find_object(std::string_view name, const void* type) noexcept {
  for (const entry_ref& e : entries_)
    if (e->name == name) return e->it->object(type);
  return nullptr;
}

void registry::throw_not_found(std::string_view name) const {
  for (const entry_ref& e : entries_)
    if (e->name == name)
      throw system_error{error_code{errc::not_found},
                         "component \"" + e->name + "\" is of another type than asked for"};
  throw system_error{error_code{errc::not_found},
                     "no component \"" + std::string{name} + "\"; there are: " + joined(names())};
}

std::vector<std::string> registry::names() const {
  std::vector<std::string> all;
  for (const entry_ref& e : entries_) all.push_back(e->name);
  return all;
}

component_state registry::state(std::string_view name) const noexcept {
  for (const entry_ref& e : entries_)
    if (e->name == name) return e->state;
  return component_state::down;
}

duration registry::stop_bound() const noexcept {
  duration sum{};
  for (const entry_ref& e : entries_) sum += std::min(e->options.stop_timeout, at_most_);
  return sum;
}

reference<job_of<void>> registry::launch(const char* what, const entry_ref& e, task<> work) {
  reference<job_of<void>> j{
      new job_of<void>{bus_.rt(), e->name + ": " + what, holding(e, std::move(work)), this}};
  jobs_.add(*j);
  j->start_soon();
  return j;
}

void registry::job_ended(job& j) noexcept {
  jobs_.remove(j);
  wake_all(changed_);
}

task<registry::step_end> registry::bounded(entry_ref e, const char* what, task<> work, duration d,
                                           std::exception_ptr& error) {
  runtime& rt = bus_.rt();
  const reference<job_of<void>> j = launch(what, e, std::move(work));
  bell late{rt, changed_, saturating_add(rt.now(), d)};
  const exposed_bell at_end{stop_bell_, stopping_ ? &late : stop_bell_};
  while (!j->finished() && !late.rang()) {
    if (co_await wait_in(changed_, rt, j->name().c_str()) == wait_status::cancelled) break;
  }
  if (!j->finished()) {
    j->cancel();
    for (int i = 0; i < 8 && !j->finished(); ++i)
      co_await yield(rt);  // a well-behaved one ends now
    note_hung(*e, what);
    co_return step_end::hung;
  }
  error = j->error();
  if (!error) co_return step_end::done;
  note_failure(*e, what, describe(error));
  co_return step_end::failed;
}

task<> registry::start_one(entry_ref e) {
  std::exception_ptr error;
  const step_end end =
      co_await bounded(e, "start", e->it->start(), e->options.start_timeout, error);
  if (end == step_end::failed) std::rethrow_exception(error);
  if (end == step_end::hung) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(e->options.start_timeout);
    throw start_error{"it was not up after " + std::to_string(ms.count()) + " ms"};
  }
}

// From the end of its start until its stop: runs it, and revives it as its policy says.
task<> registry::live(entry_ref e) {
  for (;;) {
    std::exception_ptr error;
    try {
      co_await e->it->run();
    } catch (...) {
      error = std::current_exception();
    }
    const auto cancellation = co_await this_coro::cancellation_state;
    if (!error || cancellation.cancelled() != boost::asio::cancellation_type::none) co_return;
    e->state = component_state::failed;
    const std::string text = describe(error);
    note_failure(*e, "run", text);
    if (stopping_) co_return;
    if (e->options.critical) {
      if (on_critical) on_critical(e->name, text);
      co_return;
    }
    const bool again = co_await revive(e);
    if (!again) co_return;
  }
}

// False: it stays down.
task<bool> registry::revive(entry_ref e) {
  runtime& rt = bus_.rt();
  const restart_policy& policy = e->options.restart;
  if (std::exchange(e->needs_stop, false)) {
    std::exception_ptr ignored;  // noted already
    co_await bounded(e, "stop", e->it->stop(), e->options.stop_timeout, ignored);
  }
  for (;;) {
    std::erase_if(e->restarts, [&](time_point t) { return rt.now() - t >= policy.window; });
    if (e->restarts.size() >= policy.max) {
      (void)bus_.emit<component_given_up>(e->name);
      const log_field fields[] = {{"component", std::string_view{e->name}}};
      rt.log().write(log_level::error, "a component stays down: its restarts are used up", fields);
      co_return false;
    }
    const auto attempt = static_cast<std::uint32_t>(e->restarts.size() + 1);
    duration after = policy.base;
    for (std::uint32_t i = 1; i < attempt && after < policy.cap; ++i) after *= 2;
    after = std::min(after, policy.cap);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(after).count();
    (void)bus_.emit<component_restarting>(e->name, attempt, std::int64_t{ms});
    co_await sleep_for(rt, after, "restart of a component");
    e->restarts.push_back(rt.now());
    std::exception_ptr error;
    e->state = component_state::starting;
    const step_end end =
        co_await bounded(e, "start", e->it->start(), e->options.start_timeout, error);
    if (end == step_end::done) {
      e->state = component_state::up;
      e->needs_stop = true;
      (void)bus_.emit<component_started>(e->name);
      co_return true;
    }
    e->state = component_state::failed;
  }
}

void registry::note_failure(const entry& e, const char* step, const std::string& error) {
  const log_field fields[] = {{"component", std::string_view{e.name}},
                              {"step", std::string_view{step}},
                              {"error", std::string_view{error}}};
  bus_.rt().log().write(log_level::error, "a component failed", fields);
  (void)bus_.emit<component_failed>(e.name, std::string{step}, error, e.options.critical);
}

void registry::note_hung(const entry& e, const char* step) {
  const log_field fields[] = {{"component", std::string_view{e.name}},
                              {"step", std::string_view{step}}};
  bus_.rt().log().write(log_level::error, "a component hangs: cancelled and passed over", fields);
  (void)bus_.emit<component_hung>(e.name, std::string{step});
}

}  // namespace ensue
