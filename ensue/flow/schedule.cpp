#include <ensue/async/errors.hpp>
#include <ensue/flow/schedule.hpp>
#include <ensue/flow/schedule_engine.hpp>

namespace ensue {
namespace {

using detail::schedule_engine;
using detail::schedule_entry;
using detail::tick_sender;

tick_sender sender_of(named_event what) {
  return [what = std::move(what)](const std::shared_ptr<dispatcher>& d, const tick& t) {
    auto made = detail::named_record(*d, what.name, what.json, what.version);
    if (!made) throw system_error{errc::invalid, made.error().text()};
    return detail::publish_tick(d, std::move(*made), t);
  };
}

task<result<>> done(error_code ec) {
  if (ec) co_return ec;
  co_return result<>{};
}

/// No id, or the bus cannot make the event.
bool wrong(schedule_engine& e, const schedule_options& o, const named_event& what) {
  if (o.id.empty()) return true;
  const auto made = detail::named_record(*e.bus_engine(), what.name, what.json, what.version);
  if (made) return false;
  const std::string text = made.error().text();
  const log_field fields[] = {{"schedule", std::string_view{o.id}},
                              {"why", std::string_view{text}}};
  e.rt().log().write(log_level::error, "a schedule names an event that cannot be made", fields);
  return true;
}

/// Takes up a schedule as it is kept; it is not armed yet.
result<std::shared_ptr<schedule_entry>> take_up(schedule_engine& e, const kept_schedule& k) {
  auto when = timing::parse(k.when);
  named_event what{k.event, k.json, k.version};
  schedule_options o;
  if (!when) return make_error_code(errc::invalid);
  o.when = *std::move(when);
  o.id = k.id;
  o.name = k.name;
  o.missed = k.missed;
  o.missed_max = k.missed_max;
  o.grace = k.grace;
  o.busy = k.busy;
  if (wrong(e, o, what)) return make_error_code(errc::invalid);
  auto entry = e.insert(std::move(o), sender_of(what));
  if (!entry) return entry;
  (*entry)->event = std::move(what);
  (*entry)->due = k.due;
  return entry;
}

task<result<std::size_t>> load_into(std::shared_ptr<schedule_engine> engine) {
  const std::shared_ptr<schedule_engine> e = std::move(engine);
  if (!e->store()) co_return make_error_code(errc::invalid);
  task<result<std::vector<kept_schedule>>> reading = e->store()->load();
  const result<std::vector<kept_schedule>> kept = co_await std::move(reading);
  if (!kept) co_return kept.error();
  for (const kept_schedule& k : *kept) {
    const auto entry = take_up(*e, k);
    if (!entry) {
      const log_field fields[] = {{"schedule", std::string_view{k.id}}};
      e->rt().log().write(log_level::error, "a kept schedule cannot be taken up", fields);
      co_return entry.error();
    }
    e->arm(**entry);
  }
  co_return kept->size();
}

task<result<std::string>> keep_in(std::shared_ptr<schedule_engine> engine, schedule_options given,
                                  named_event said) {
  const std::shared_ptr<schedule_engine> e = std::move(engine);
  const schedule_options o = std::move(given);
  const named_event what = std::move(said);
  const auto first = o.when.first(e->rt().wall_now());
  if (!e->store() || !first || wrong(*e, o, what)) co_return make_error_code(errc::invalid);
  const std::shared_ptr<schedule_entry> before = e->find(o.id);
  if (before && !before->event) co_return make_error_code(errc::exists);

  schedule_entry asked{e->rt(), o, {}};
  asked.options.missed_max = std::max<std::uint64_t>(o.missed_max, 1);
  if (o.name.empty()) asked.options.name = o.id;
  asked.event = what;
  asked.due = first;
  const kept_schedule wanted = asked.kept();
  if (before && before->kept().same_definition(wanted)) co_return o.id;
  if (!before && e->all().size() >= e->options().schedules_max)
    co_return make_error_code(errc::full);
  task<result<>> saving = e->store()->save(wanted);
  const result<> saved = co_await std::move(saving);
  if (!saved) co_return saved.error();
  if (const std::shared_ptr<schedule_entry> now = e->find(o.id)) e->erase(*now);
  const auto entry = take_up(*e, wanted);
  if (!entry) co_return entry.error();
  e->arm(**entry);
  co_return o.id;
}

}  // namespace

task<publish_result> detail::publish_tick(std::shared_ptr<dispatcher> d, record_ref r,
                                          const tick& t) {
  if (!r->story) r->story = std::make_unique<lineage>();
  r->story->env.id = t.id;
  r->story->env.time = t.due;
  r->story->env.edit([&](envelope_text& text) { text.subject = t.schedule; });
  return publish(std::move(d), std::move(r), nullptr);
}

scheduler::scheduler(bus& b, scheduler_options o, schedule_store* store)
    : engine_{std::make_shared<schedule_engine>(b, o, store)} {}

scheduler::~scheduler() = default;

result<std::string> scheduler::add_sender(schedule_options o, detail::tick_sender send) {
  const auto first = o.when.first(engine_->rt().wall_now());
  if (!first) return make_error_code(errc::invalid);
  const auto entry = engine_->insert(std::move(o), std::move(send));
  if (!entry) return entry.error();
  (*entry)->due = first;
  engine_->arm(**entry);
  return (*entry)->options.id;
}

task<result<std::string>> scheduler::keep(schedule_options o, named_event what) {
  return keep_in(engine_, std::move(o), std::move(what));
}

task<result<std::size_t>> scheduler::load() { return load_into(engine_); }

task<result<>> scheduler::cancel(std::string_view id) {
  const std::shared_ptr<schedule_entry> s = engine_->find(id);
  if (!s) return done(errc::not_found);
  const bool durable = s->event.has_value();
  engine_->erase(*s);
  return durable ? engine_->store()->remove(std::string{id}) : done({});
}

std::vector<schedule_info> scheduler::list() const {
  std::vector<schedule_info> all;
  for (const auto& [id, entry] : engine_->all()) all.push_back(entry->describe());
  return all;
}

std::optional<schedule_info> scheduler::find(std::string_view id) const {
  const auto entry = engine_->find(id);
  return entry ? std::optional{entry->describe()} : std::nullopt;
}

task<> scheduler::run() { return detail::run_schedules(engine_); }

}  // namespace ensue
