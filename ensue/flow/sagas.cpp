#include <ensue/async/errors.hpp>
#include <ensue/flow/saga_core.hpp>
#include <ensue/flow/saga_history.hpp>
#include <ensue/flow/sagas.hpp>

#include <boost/json/object.hpp>

#include <algorithm>

namespace ensue::detail {
namespace {

task<> hear(std::shared_ptr<saga_core> c, saga_address a, saga_input in) {
  (void)co_await take_input(std::move(c), std::move(a), std::move(in));
}

task<> nothing() { co_return; }

saga_sink sink_of(std::shared_ptr<saga_core> c, std::string name) {
  return [c = std::move(c), name = std::move(name)](std::string key, saga_input in,
                                                    context& x) -> task<> {
    if (!effects_allowed(x)) {
      ++c->account.replays;
      return nothing();
    }
    if (const uuid& root = x.meta().root(); root != *in.id) in.root = root;
    return hear(c, {name, std::move(key)}, std::move(in));
  };
}

}  // namespace

const saga_plan* saga_core::plan_for(saga_record& r) const {
  for (std::size_t hops = 0; hops <= plans.size(); ++hops) {
    if (const auto exact = plans.find({r.saga, r.version}); exact != plans.end())
      return exact->second.get();
    const saga_plan* next = nullptr;
    for (const auto& [id, plan] : plans)
      if (id.first == r.saga && plan->migrations.contains(r.version)) next = plan.get();
    if (!next) return nullptr;
    next->migrations.at(r.version)(r);
    r.version = next->version;
  }
  return nullptr;
}

result<> saga_core::load(std::string_view text) {
  const auto document = parse_json(text);
  const boost::json::object* object = document ? document->if_object() : nullptr;
  if (object && object->contains("sent")) {
    const auto mark = decode_document<saga_mark>(*document);
    const auto at = mark ? table.find({mark->saga, mark->key}) : table.end();
    if (at == table.end() || at->second->record.step > mark->sent) return {};
    at->second->record.unsent.reset();
    at->second->marked = true;
    return {};
  }
  auto record = parse_saga_record(text);
  if (!record) {
    load_fault = "a saga's record cannot be read: " + record.error().text();
    return errc::invalid;
  }
  saga_entry_ref& e = table[{record->saga, record->key}];
  if (!e) e = std::make_shared<saga_entry>(rt(), saga_address{record->saga, record->key});
  e->record = std::move(*record);
  e->text = text;
  e->marked = false;
  if (options.keep_history) e->history.emplace_back(text);
  return {};
}

void saga_core::restart() {
  std::multimap<wall_time, saga_entry_ref> over;  // by the time of their end
  for (const auto& [address, e] : table) {
    resume(e);
    if (e->record.ended()) {
      over.emplace(e->record.at, e);
    } else {
      ++open;
    }
  }
  for (const auto& [at, e] : over) remember_end(*e);
  forget_old();
}

void saga_core::resume(const saga_entry_ref& e) {
  e->plan = plan_for(e->record);
  saga_record as = e->record;
  if (!e->plan && !as.ended()) as.phase = saga_phase::parked;
  note_phase(as.phase, false, as);
  if (!e->marked) {
    if (e->record.unsent)
      e->outbox.insert(e->outbox.end(), e->record.unsent->begin(), e->record.unsent->end());
    e->outbox.insert(e->outbox.end(), e->record.effects.begin(), e->record.effects.end());
  }
  e->record.unsent.reset();
  if (!e->plan) return;
  account.republished += e->outbox.size();
  arm(e);
  publish(e);
}

void saga_core::listen() {
  std::map<saga_address, const saga_event_plan*> heard;  // name and type; the newest version's
  for (const auto& [id, plan] : plans)
    for (const saga_event_plan& e : plan->events) heard[{id.first, e.type}] = &e;
  for (const auto& [address, e] : heard) {
    listening.push_back(e->listen(events, sink_of(shared_from_this(), address.first),
                                  {.name = address.first + " on " + address.second,
                                   .capacity = options.capacity,
                                   .concurrency = options.concurrency}));
  }
}

std::vector<std::string> saga_core::snapshot() const {
  std::vector<std::string> all;
  for (const auto& [address, e] : table) {
    if (e->text.empty()) continue;
    all.push_back(e->text);
    if (!e->marked || !e->outbox.empty()) continue;
    saga_mark mark;
    mark.saga = address.first;
    mark.key = address.second;
    mark.sent = e->record.step;
    all.push_back(encode_json(mark).value());
  }
  return all;
}

}  // namespace ensue::detail

namespace ensue {
namespace {

saga_info info_of(const detail::saga_entry& e) {
  const saga_record& r = e.record;
  saga_info i{r.saga, r.version, r.key, r.state, r.phase, r.reason.value_or(""), r.step, r.at};
  if (!e.plan) {
    i.phase = saga_phase::parked;
    i.reason = "version " + std::to_string(r.version) + " of " + r.saga + " is not defined here";
  }
  return i;
}

void append(std::string& out, std::string_view name, std::uint64_t n) {
  if (n != 0) out += ", " + std::to_string(n) + ' ' + std::string{name};
}

}  // namespace

std::string saga_account::text() const {
  std::string out = "started " + std::to_string(started) + " = completed " +
                    std::to_string(completed) + " + compensated " + std::to_string(compensated) +
                    " + parked " + std::to_string(parked) + " + live " + std::to_string(live);
  append(out, "duplicates", duplicates);
  append(out, "early", early);
  append(out, "late", late);
  append(out, "before the start", before_start);
  append(out, "unexpected", unexpected);
  append(out, "refused as full", full);
  append(out, "not stored", not_stored);
  append(out, "time-outs", timeouts);
  append(out, "effects", effects);
  append(out, "effects that failed", failed);
  append(out, "published again", republished);
  return out;
}

sagas::sagas(bus& b, record_store& store, saga_options o)
    : core_{std::make_shared<detail::saga_core>(b, store, o)} {}

sagas::~sagas() {
  core_->stopped = true;
  core_->listening.clear();
}

void sagas::add(std::shared_ptr<const saga_plan> plan) {
  ENSUE_ASSERT(core_->listening.empty(), "definitions are added before sagas start");
  const std::pair<std::string, int> id{plan->name, plan->version};
  ENSUE_ASSERT(!core_->plans.contains(id), "two definitions of one saga and version");
  core_->plans.emplace(id, std::move(plan));
}

task<> sagas::start() {
  const std::shared_ptr<detail::saga_core> c = core_;
  for (const auto& [id, plan] : c->plans)
    if (const auto faults = plan->faults(); !faults.empty())
      throw system_error(errc::invalid, faults.front());
  const record_store::each take = [c](std::string_view record) { return c->load(record); };
  const result<> loaded = co_await c->store.load(take);
  if (!loaded)
    throw system_error(loaded.error(), c->load_fault.empty() ? c->store.why() : c->load_fault);
  c->restart();
  c->listen();
}

task<> sagas::stop() {
  const std::shared_ptr<detail::saga_core> c = core_;
  c->stopped = true;
  c->listening.clear();
  for (const auto& entry : c->table) entry.second->alarm.cancel();
  while (c->visitors > 0) co_await wait_firmly(c->idle, c->rt(), "sagas in a step");
  c->children.cancel();
  try {
    co_await c->children.join();
  } catch (...) {
    if (is_cancellation(std::current_exception())) throw;
  }
}

saga_account sagas::account() const { return core_->account; }

std::vector<saga_info> sagas::list() const {
  std::vector<saga_info> all;
  for (const auto& [address, e] : core_->table)
    if (e->record.step != 0 && !e->record.ended()) all.push_back(info_of(*e));
  return all;
}

std::vector<saga_info> sagas::parked() const {
  std::vector<saga_info> all = list();
  std::erase_if(all, [](const saga_info& i) { return i.phase != saga_phase::parked; });
  return all;
}

std::optional<saga_record> sagas::find(std::string_view saga, std::string_view key) const {
  const auto at = core_->table.find({std::string{saga}, std::string{key}});
  if (at == core_->table.end() || at->second->record.step == 0) return std::nullopt;
  return at->second->record;
}

std::string sagas::history(std::string_view saga, std::string_view key) const {
  std::string lines;
  const auto at = core_->table.find({std::string{saga}, std::string{key}});
  if (at == core_->table.end()) return lines;
  for (const std::string& line : at->second->history) lines += line + '\n';
  return lines;
}

task<result<>> sagas::resume(std::string saga, std::string key) {
  return command(std::move(saga), std::move(key), saga_cause::resume, {});
}
task<result<>> sagas::compensate(std::string saga, std::string key) {
  return command(std::move(saga), std::move(key), saga_cause::compensate, {});
}
task<result<>> sagas::abandon(std::string saga, std::string key, std::string why) {
  return command(std::move(saga), std::move(key), saga_cause::abandon, std::move(why));
}

task<result<>> sagas::command(std::string saga, std::string key, saga_cause cause,
                              std::string note) {
  const std::shared_ptr<detail::saga_core> c = core_;
  if (!find(saga, key)) co_return errc::not_found;
  saga_input in;
  in.cause = cause;
  if (!note.empty()) in.note = std::move(note);
  detail::saga_address address{std::move(saga), std::move(key)};
  try {
    const saga_verdict v = co_await detail::take_input(c, std::move(address), std::move(in));
    if (v == saga_verdict::refused) co_return errc::refused;
  } catch (const boost::system::system_error& error) {
    if (is_cancellation(error.code())) throw;
    co_return error.code();
  }
  co_return result<>{};
}

}  // namespace ensue
