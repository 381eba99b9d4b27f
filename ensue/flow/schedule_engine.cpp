#include <ensue/async/buggify.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/event/time_text.hpp>
#include <ensue/flow/schedule_engine.hpp>

#include <algorithm>

namespace ensue::detail {

schedule_info schedule_entry::describe() const {
  schedule_info all = info;
  all.id = options.id;
  all.name = options.name;
  all.when = options.when.text();
  all.durable = event.has_value();
  all.next = due;
  all.unsettled = open.size();
  return all;
}

kept_schedule schedule_entry::kept() const {
  ENSUE_ASSERT(event, "only durable schedules are kept");
  kept_schedule all{options.id,         options.name,  options.when.text(), options.missed,
                    options.missed_max, options.grace, options.busy,        event->name,
                    event->json,        event->version};
  all.due = !open.empty() ? open.begin()->first : due.value_or(wall_time{});
  return all;
}

schedule_engine::schedule_engine(bus& b, scheduler_options o, schedule_store* s)
    : bus_{b.engine().shared_from_this()},
      rt_{b.rt()},
      options_{o},
      store_{s},
      draw_{rt_.random("scheduler")} {}

wall_time schedule_engine::now_of(const schedule_entry& s) const noexcept {
  if (s.options.when.follows_wall_clock()) return rt_.wall_now();
  return wall_time{rt_.now().time_since_epoch() + s.shift};
}

result<std::shared_ptr<schedule_entry>> schedule_engine::insert(schedule_options o,
                                                                tick_sender send) {
  if (entries_.contains(o.id)) return make_error_code(errc::exists);
  if (entries_.size() >= options_.schedules_max) return make_error_code(errc::full);
  if (o.id.empty()) o.id = rt_.new_id().text();
  if (o.name.empty()) o.name = o.id;
  o.missed_max = std::max<std::uint64_t>(o.missed_max, 1);
  auto s = std::make_shared<schedule_entry>(rt_, std::move(o), std::move(send));
  s->shift = rt_.wall_now().time_since_epoch() - rt_.now().time_since_epoch();
  entries_.emplace(s->options.id, s);
  return s;
}

std::shared_ptr<schedule_entry> schedule_engine::find(std::string_view id) const {
  const auto at = entries_.find(id);
  return at == entries_.end() ? nullptr : at->second;
}

void schedule_engine::erase(schedule_entry& s) {
  s.cancelled = true;
  s.alarm.cancel();
  s.due.reset();
  s.backlog.clear();
  const auto at = entries_.find(s.options.id);
  if (at != entries_.end() && at->second.get() == &s) entries_.erase(at);
}

bool schedule_engine::begin() noexcept { return !std::exchange(taken_, true); }

void schedule_engine::start(scope& s) {
  scope_ = &s;
  for (const auto& [id, entry] : entries_) {
    pump(*entry);
    arm(*entry);
  }
}

void schedule_engine::stop() noexcept {
  scope_ = nullptr;
  taken_ = false;
  for (const auto& [id, entry] : entries_) {
    entry->alarm.cancel();
    entry->under_way = 0;
    entry->backlog.clear();
    for (const auto& [due, stands_for] : entry->open) entry->backlog.push_back(due);
  }
}

void schedule_engine::arm(schedule_entry& s) {
  if (!running() || !s.due) return;
  duration wait = std::max(*s.due - now_of(s), duration{});
  if (s.options.when.follows_wall_clock()) wait = std::min(wait, options_.clock_check);
  s.alarm.call_in(wait, [this, &s] { ring(s); });
}

void schedule_engine::ring(schedule_entry& s) {
  const wall_time now = now_of(s);
  if (now >= *s.due) {
    decide(s, now);
    pump(s);
  }
  arm(s);
  if (s.done()) end(s);  // its only tick was missed
}

void schedule_engine::decide(schedule_entry& s, wall_time now) {
  const schedule_options& o = s.options;
  const auto [newest, count] = o.when.until_now(*s.due, now, o.missed_max + 1);
  const bool busy = !s.open.empty();
  std::uint64_t opened = 0;
  if (o.missed == catch_up::all) {
    std::optional<wall_time> due = s.due;
    for (; opened < std::min(count, o.missed_max); due = o.when.next(*due), ++opened)
      open(s, *due, 1, busy);
  } else if (o.missed == catch_up::once || now - newest <= o.grace) {
    open(s, newest, o.missed == catch_up::once ? count : 1, busy);
    opened = 1;
  }
  s.info.missed += count - opened;
  const bool waits = o.when.what() == timing::kind::fixed_delay && !s.open.empty();
  s.due = waits ? std::nullopt : o.when.next(newest);
  if (o.when.what() == timing::kind::fixed_delay && !waits) s.due = o.when.next(now);
}

void schedule_engine::open(schedule_entry& s, wall_time due, std::uint64_t stands_for, bool busy) {
  if ((busy && s.options.busy == overlap::skip) || s.backlog.size() >= s.options.missed_max) {
    ++s.info.overlapped;
    return;
  }
  s.open.emplace(due, stands_for);
  s.backlog.push_back(due);
}

void schedule_engine::log(log_level level, const schedule_entry& s, std::string_view text) const {
  const log_field fields[] = {{"schedule", std::string_view{s.options.id}}};
  rt_.log().write(level, text, fields);
}

namespace {

tick tick_of(const schedule_entry& s, wall_time due) {
  const auto at = s.open.find(due);
  return {tick_id(s.options.id, due), s.options.id, s.options.name, due,
          at == s.open.end() ? 1 : at->second};
}

/// One attempt to publish; none: every handler has settled.
task<error_code> attempt(const std::shared_ptr<dispatcher>& d, schedule_entry& s, const tick& t) {
  try {
    task<publish_result> sending = s.send(d, t);
    (void)co_await std::move(sending);
  } catch (const system_error& e) {
    if (is_cancellation(e.code())) throw;
    co_return e.code() ? e.code() : make_error_code(errc::handler_failed);
  } catch (const std::exception&) {  // what makes the event
    co_return make_error_code(errc::handler_failed);
  }
  co_return error_code{};
}

/// Tells the store, and forgets a schedule that has no more ticks.
task<> follow_up(std::shared_ptr<schedule_engine> engine, std::shared_ptr<schedule_entry> of) {
  const std::shared_ptr<schedule_engine> e = std::move(engine);
  const std::shared_ptr<schedule_entry> s = std::move(of);
  if (s->event && !s->cancelled) {
    task<result<>> writing =
        s->done() ? e->store()->remove(s->options.id) : e->store()->save(s->kept());
    const result<> written = co_await std::move(writing);
    if (!written)
      e->log(log_level::error, *s, "a tick could not be noted and may come again after a restart");
  }
  if (s->done()) e->erase(*s);
}

task<> send_tick(std::shared_ptr<schedule_engine> engine, std::shared_ptr<schedule_entry> of,
                 wall_time due) {
  const std::shared_ptr<schedule_engine> e = std::move(engine);
  const std::shared_ptr<schedule_entry> s = std::move(of);
  const tick t = tick_of(*s, due);
  error_code ec;
  for (unsigned failed = 1;; ++failed) {
    ec = co_await attempt(e->bus_engine(), *s, t);
    if (!ec || !retryable(ec) || s->cancelled) break;
    const duration wait = e->options().retry.after(std::min(failed, 30U), e->draw());
    co_await sleep_for(e->rt(), wait, "a tick that was refused");
  }
  constexpr std::chrono::milliseconds slow{20};
  if (buggify(e->rt(), "schedule.fired")) co_await sleep_for(e->rt(), slow, "a tick was sent");
  e->settle(*s, due, ec);
  co_await follow_up(e, s);
}

/// Ends what `begin` and `start` began, however `run` ends.
class ending_engine {
 public:
  explicit ending_engine(schedule_engine& e) : engine_{e} {}
  ending_engine(const ending_engine&) = delete;
  ending_engine& operator=(const ending_engine&) = delete;
  ~ending_engine() { engine_.stop(); }

 private:
  schedule_engine& engine_;
};

task<> serve(schedule_engine& e, scope& s) {
  e.start(s);
  work_list for_ever;
  co_await wait_or_throw(for_ever, e.rt(), "schedules");
}

}  // namespace

void schedule_engine::pump(schedule_entry& s) {
  const unsigned most = s.options.busy == overlap::skip ? 1 : options_.at_once_max;
  while (running() && !s.backlog.empty() && s.under_way < most) {
    const wall_time due = s.backlog.front();
    const auto self = shared_from_this();
    const auto started =
        scope_->try_spawn("schedule " + s.options.id, send_tick(self, find(s.options.id), due));
    if (!started) return;  // `run` is ending
    s.backlog.pop_front();
    ++s.under_way;
  }
}

void schedule_engine::end(schedule_entry& s) {
  if (!running()) return;
  const auto self = shared_from_this();
  (void)scope_->try_spawn("schedule " + s.options.id, follow_up(self, find(s.options.id)));
}

void schedule_engine::settle(schedule_entry& s, wall_time due, const error_code& ec) {
  --s.under_way;
  if (ec == errc::closed) return;  // the bus is shut: not done
  if (ec) log(log_level::error, s, "a tick could not be published: " + ec.message());
  ++(ec ? s.info.failed : s.info.settled);
  s.info.last = due;
  s.open.erase(due);
  if (s.cancelled) return;
  if (s.options.when.what() == timing::kind::fixed_delay) {
    s.due = s.options.when.next(now_of(s));
    arm(s);
  }
  pump(s);
}

task<> run_schedules(std::shared_ptr<schedule_engine> engine) {
  const std::shared_ptr<schedule_engine> e = std::move(engine);
  if (!e->begin()) throw system_error{errc::exists, "the scheduler runs already"};
  const ending_engine ending{*e};
  scope_options o;
  o.name = "scheduler";
  o.children_max = e->options().schedules_max * (e->options().at_once_max + std::size_t{1});
  const auto body = [&e](scope& s) { return serve(*e, s); };
  co_await with_scope(e->rt(), o, body);
}

}  // namespace ensue::detail
