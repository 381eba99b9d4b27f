#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/flow/replay.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

void check_names(bus& b, const std::vector<std::string>& into) {
  const auto all = b.engine().subscriptions();
  for (const std::string& name : into) {
    const auto is = [&](const subscription_state* s) { return s->name() == name; };
    if (std::none_of(all.begin(), all.end(), is))
      throw system_error(errc::not_found, "replay into " + name + ": no such subscription");
  }
}

void note(replay_report& r, std::string what) {
  constexpr std::size_t most = 16;
  if (r.faults.size() < most) r.faults.push_back(std::move(what));
}

// A record with the envelope of then. Empty: the text could not be read, see `report`.
record_ref record_of(bus& b, const logged_event& e, bool allow_effects, replay_report& report) {
  const auto text = encode_json(e.event);
  auto r = text ? detail::named_record(b.engine(), e.type, *text, e.version)
                : json_result<record_ref>{text.error()};
  if (!r) {
    ++report.unreadable;
    note(report, e.type + " number " + std::to_string(e.number) + ": " + r.error().text());
    return {};
  }
  record& rec = *r->get();
  rec.story = std::make_unique<lineage>();
  envelope& env = rec.story->env;
  env.id = e.id;
  env.time = e.at;
  env.correlation = e.correlation.value_or(uuid{});
  env.causation = e.causation.value_or(uuid{});
  env.replay = allow_effects ? replay_mark::with_effects : replay_mark::held_back;
  if (e.key || e.subject) {
    env.edit([&](envelope_text& t) {
      t.key = e.key.value_or("");
      t.subject = e.subject.value_or("");
    });
  }
  return std::move(*r);
}

duration pause_of(wall_time before, wall_time now, double speed) {
  if (speed <= 0 || now <= before) return {};
  return std::chrono::duration_cast<duration>((now - before) / speed);
}

}  // namespace

task<replay_report> replay(const event_log& log, log_filter filter, bus& into_bus,
                           replay_options options) {
  check_names(into_bus, options.into);
  const std::vector<logged_event> events = log.read(filter);
  replay_report report;
  wall_time before = events.empty() ? wall_time{} : events.front().at;
  for (const logged_event& e : events) {
    const duration pause = pause_of(std::exchange(before, e.at), e.at, options.speed);
    if (pause > duration::zero()) co_await sleep_for(into_bus.rt(), pause, "replay");
    record_ref r = record_of(into_bus, e, options.allow_effects, report);
    if (!r) continue;
    const publish_result done =
        co_await detail::deliver(into_bus.engine().shared_from_this(), std::move(r), options.into);
    ++report.delivered;
    if (done.ok()) continue;
    ++report.failed;
    note(report, e.type + " number " + std::to_string(e.number) + ": " + done.failures[0].what());
  }
  co_return report;
}

}  // namespace ensue
