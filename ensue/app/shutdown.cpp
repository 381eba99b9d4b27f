#include <ensue/app/bell.hpp>
#include <ensue/app/shutdown.hpp>

#include <algorithm>

namespace ensue {

std::string_view text(exit_code code) noexcept {
  switch (code) {
    case exit_code::drained: return "drained";
    case exit_code::start_failed: return "start failed";
    case exit_code::forced: return "forced";
    case exit_code::component_failed: break;
  }
  return "component failed";
}

void ordered_shutdown::request(std::string_view reason) {
  if (requested_) return;
  requested_ = true;
  reason_ = reason;
  wake_all(changed_);
  if (on_change) on_change();
}

void ordered_shutdown::force(std::string_view reason) {
  request(reason);
  if (forced_) return;
  forced_ = true;
  components_.hurry(options_.forced);
  wake_all(changed_);
  if (on_change) on_change();
  if (!running_) return;
  const log_field fields[] = {{"reason", reason}};
  bus_.rt().log().write(log_level::warning, "the shutdown is forced", fields);
  (void)bus_.emit<shutdown_forced>(std::string{reason});
}

void ordered_shutdown::fail(std::string_view reason) {
  failed_ = true;
  request(reason);
}

duration ordered_shutdown::bound() const noexcept {
  if (forced_) return options_.forced * static_cast<std::int64_t>(components_.size() + 1);
  return options_.intake + options_.drain + components_.stop_bound();
}

namespace {

// A free coroutine with a named result. As a member that compared inside the `if`, it crashed in
// g++ 12 -O3 builds (`this` read from the wrong place in the frame); the cause is not isolated.
task<> wait_until(const bool& requested, work_list& changed, runtime& rt) {
  while (!requested) {
    const wait_status end = co_await wait_in(changed, rt, "request to stop");
    if (end == wait_status::cancelled) throw_cancelled();
  }
}

}  // namespace

task<> ordered_shutdown::wait_requested() { return wait_until(requested_, changed_, bus_.rt()); }

task<shutdown_report> ordered_shutdown::run() {
  ENSUE_ASSERT(requested_ && !running_, "a shutdown runs once, when it was requested");
  running_ = true;
  runtime& rt = bus_.rt();
  shutdown_report report{.reason = reason_};
  const log_field fields[] = {{"reason", std::string_view{reason_}}};
  rt.log().write(log_level::info, "stopping", fields);
  (void)bus_.emit<shutdown_requested>(reason_);
  if (!forced_) co_await components_.stop_intake(options_.intake);
  (void)bus_.emit<intake_stopped>();

  const time_point until = saturating_add(rt.now(), options_.drain);
  (void)bus_.emit<draining>(bus_.total().in_flight());
  // What the kill switch holds back would be waited for in vain.
  bus_.engine().cut(drop_reason::halted, false,
                    [](const subscription_state& s) { return s.halted(); });
  co_await drain(until);
  report.left = left();
  if (!report.left.empty()) cut_all();
  log_left(report.left);
  (void)bus_.emit<drained>(report.left);

  report.components = co_await components_.stop(forced_ ? options_.forced : duration::max());
  co_await drain(until);  // what the components said last
  for (left_behind& late : left()) {
    const bool known = std::any_of(report.left.begin(), report.left.end(), [&](const auto& l) {
      return l.subscription == late.subscription;
    });
    if (!known) report.left.push_back(std::move(late));
  }
  cut_all();
  for (int i = 0; i < 8 && !bus_.idle(); ++i) co_await yield(rt);  // the cancelled ones end
  const bool clean = report.left.empty() && report.components.hung.empty() && !forced_;
  report.code = !clean    ? exit_code::forced
                : failed_ ? exit_code::component_failed
                          : exit_code::drained;
  (void)bus_.emit<stopped>(report.code, report.components.hung);
  bus_.close();
  co_return report;
}

// Until nothing is in flight, the time is over, or somebody insists.
task<> ordered_shutdown::drain(time_point until) {
  if (bus_.idle() || forced_) co_return;
  runtime& rt = bus_.rt();
  owned_job<void> idle{rt, "drain", bus_.wait_idle(), this};
  bell late{rt, changed_, until};
  idle->start();
  while (!idle->finished() && !late.rang() && !forced_)
    co_await wait_in(changed_, rt, "drain of the bus");
}

std::vector<left_behind> ordered_shutdown::left() const {
  std::vector<left_behind> all;
  for (const bus::account& a : bus_.accounts())
    if (a.counts.in_flight() > 0)
      all.push_back({a.subscription, a.counts.queued, a.counts.running});
  return all;
}

void ordered_shutdown::cut_all() {
  bus_.engine().cut(drop_reason::shutdown, true, [](const subscription_state&) { return true; });
}

void ordered_shutdown::log_left(const std::vector<left_behind>& all) const {
  for (const left_behind& l : all) {
    const log_field fields[] = {{"handler", std::string_view{l.subscription}},
                                {"queued", static_cast<std::int64_t>(l.queued)},
                                {"running", static_cast<std::int64_t>(l.running)}};
    bus_.rt().log().write(log_level::warning, "events were left behind", fields);
  }
}

}  // namespace ensue
