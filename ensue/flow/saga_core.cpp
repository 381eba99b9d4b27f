#include <ensue/async/buggify.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/async/shield.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/flow/saga_core.hpp>
#include <ensue/flow/saga_history.hpp>

#include <algorithm>
#include <exception>

namespace ensue::detail {
namespace {

constexpr duration store_time{std::chrono::minutes{1}};  // a record takes that long at most
constexpr duration try_again{std::chrono::seconds{1}};
constexpr duration slow{std::chrono::milliseconds{20}};  // at a fault site

std::string text_of(const saga_mark& m) { return encode_json(m).value(); }

// Whatever comes of it, the store is asked to the end: a record that may or may not be there would
// be one that the memory does not know.
task<result<>> write(saga_core& c, std::string record) {
  if (c.broken) co_return c.broken;
  task<result<>> appending = c.store.append(std::move(record));
  try {
    co_return co_await shield(c.rt(), store_time, std::move(appending));
  } catch (...) {
    c.broken = errc::outcome_unknown;
    throw;
  }
}

task<> compact(std::shared_ptr<saga_core> c) {
  task<result<>> writing = c->store.compact(c->snapshot());
  const result<> done = co_await std::move(writing);
  c->compacting = false;
  if (!done) c->rt().log().write(log_level::warning, "sagas: compacting the store failed", {});
}

void compact_when_due(const std::shared_ptr<saga_core>& c) {
  constexpr std::size_t at_least = 4096;
  if (c->compacting || c->stopped || c->broken) return;
  if (c->store.size() < at_least + 8 * c->table.size()) return;
  if (c->children.try_spawn("compact sagas", compact(c))) c->compacting = true;
}

enum class sent : std::uint8_t { yes, failed, later, closed };

task<sent> send(saga_core& c, const saga_plan::publisher& p, saga_effect e, uuid root,
                std::string key) {
  try {
    const bool good = co_await p(c.events, std::move(e), root, std::move(key));
    co_return good ? sent::yes : sent::failed;
  } catch (const boost::system::system_error& refused) {
    if (is_cancellation(refused.code())) throw;
    co_return refused.code() == errc::closed ? sent::closed : sent::later;
  }
}

// Publishes what a saga has recorded, in order, then tells the store so.
task<> publish_all(std::shared_ptr<saga_core> c, saga_entry_ref e) {
  while (!e->outbox.empty() && !c->stopped) {
    const saga_effect next = e->outbox.front();
    const auto p = e->plan->publishers.find(next.type);
    if (p == e->plan->publishers.end()) {
      ++c->account.unknown;
      const log_field fields[] = {{"saga", e->address.first}, {"effect", next.type}};
      c->rt().log().write(log_level::error, "sagas: no definition publishes this effect", fields);
      e->outbox.pop_front();
      continue;
    }
    if (buggify(c->rt(), "saga.before_effect"))
      co_await sleep_for(c->rt(), slow, "a saga's effect");
    const sent how = co_await send(*c, p->second, next, e->record.root, e->record.key);
    if (how == sent::closed) co_return;
    if (how == sent::later) {
      co_await sleep_for(c->rt(), try_again, "a saga's effect, again");
      continue;
    }
    e->outbox.pop_front();
    ++c->account.effects;
    if (how == sent::failed) ++c->account.failed;
    if (buggify(c->rt(), "saga.before_mark")) co_await sleep_for(c->rt(), slow, "a saga's mark");
    if (!e->outbox.empty()) continue;
    const std::uint64_t step = e->record.step;
    std::string mark = text_of({e->address.first, e->address.second, step});
    const result<> marked = co_await write(*c, std::move(mark));
    if (marked && e->record.step == step && e->outbox.empty()) e->marked = true;
  }
}

class busy {
 public:
  explicit busy(saga_entry_ref e) : entry_{std::move(e)} { entry_->publishing = true; }
  busy(const busy&) = delete;
  busy& operator=(const busy&) = delete;
  ~busy() { entry_->publishing = false; }

 private:
  saga_entry_ref entry_;
};

// Free and with its own guard: a scope's child must not throw but for its cancellation.
task<> publisher(std::shared_ptr<saga_core> c, saga_entry_ref e) {
  const busy here{e};
  try {
    co_await publish_all(c, e);
  } catch (...) {
    if (is_cancellation(std::current_exception())) throw;
    c->rt().log().write(log_level::error, "sagas: an effect stays unpublished until a restart", {});
  }
}

task<> timed_out(std::shared_ptr<saga_core> c, saga_entry_ref e) {
  saga_input in;
  in.cause = saga_cause::timeout;
  bool again = false;
  try {
    (void)co_await take_input(c, e->address, std::move(in));
  } catch (...) {
    if (is_cancellation(std::current_exception())) throw;
    again = true;
  }
  if (!again || c->broken || c->stopped) co_return;
  co_await sleep_for(c->rt(), try_again, "a saga's time-out, again");
  c->arm(e);
}

// Somebody is at work on a saga. One that was not started after all gives its place back.
class visit {
 public:
  visit(saga_core& c, saga_entry_ref e) : core_{c}, entry_{std::move(e)} {
    ++entry_->visitors;
    ++core_.visitors;
  }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
  ~visit() {
    if (--entry_->visitors == 0 && entry_->record.step == 0) {
      core_.table.erase(entry_->address);
      --core_.open;
    }
    if (--core_.visitors == 0) wake_all(core_.idle);
  }

 private:
  saga_core& core_;
  saga_entry_ref entry_;
};

}  // namespace

saga_core::saga_core(bus& b, record_store& s, saga_options o)
    : events{b},
      store{s},
      options{o},
      calendar_start{b.rt().wall_now()},
      steady_start{b.rt().now()},
      children{b.rt(), {.name = "sagas", .children_max = 3 * o.live_max + 16}} {}

const saga_plan* saga_core::newest(std::string_view name) const {
  const saga_plan* found = nullptr;
  for (const auto& [id, plan] : plans)
    if (id.first == name) found = plan.get();
  return found;
}

saga_entry_ref saga_core::entry(saga_address a) {
  if (const auto at = table.find(a); at != table.end()) return at->second;
  if (open >= options.live_max) {
    ++account.full;
    throw system_error(errc::full, "a new saga " + a.first + ' ' + a.second);
  }
  auto e = std::make_shared<saga_entry>(rt(), a);
  e->plan = newest(a.first);
  table.emplace(std::move(a), e);
  ++open;
  return e;
}

void saga_core::note_phase(saga_phase before, bool had, const saga_record& after) {
  const auto number = [this](saga_phase p) -> std::uint64_t& {
    switch (p) {
      case saga_phase::completed: return account.completed;
      case saga_phase::compensated: return account.compensated;
      case saga_phase::parked: return account.parked;
      case saga_phase::live:
      case saga_phase::undoing: break;
    }
    return account.live;
  };
  if (had) {
    --number(before);
  } else {
    ++account.started;
  }
  ++number(after.phase);
}

void saga_core::count(saga_verdict v, const saga_input& in) {
  switch (v) {
    case saga_verdict::kept: ++account.early; [[fallthrough]];
    case saga_verdict::stepped:
      ++account.steps;
      if (in.cause == saga_cause::timeout) ++account.timeouts;
      return;
    case saga_verdict::duplicate: ++account.duplicates; return;
    case saga_verdict::before_start: ++account.before_start; return;
    case saga_verdict::late: ++account.late; return;
    case saga_verdict::unexpected: ++account.unexpected; return;
    case saga_verdict::refused: return;
  }
}

void saga_core::arm(const saga_entry_ref& e) {
  e->alarm.cancel();
  if (!e->record.deadline || stopped) return;
  e->alarm.call_in(*e->record.deadline - now(), [this, weak = std::weak_ptr{e}] {
    const saga_entry_ref due = weak.lock();
    if (due && !stopped)
      (void)children.try_spawn("saga time-out", timed_out(shared_from_this(), due));
  });
}

void saga_core::publish(const saga_entry_ref& e) {
  if (e->publishing || e->outbox.empty() || stopped || !e->plan) return;
  (void)children.try_spawn("saga effects", publisher(shared_from_this(), e));
}

void saga_core::remember_end(const saga_entry& e) { ended.emplace_back(e.record.step, e.address); }

void saga_core::forget_old() {
  const wall_time oldest = now() - options.remember_ended;
  while (!ended.empty()) {
    const auto at = table.find(ended.front().second);
    const bool current = at != table.end() && at->second->record.step == ended.front().first;
    if (current && ended.size() <= options.ended_max && at->second->record.at >= oldest) return;
    if (current && !at->second->outbox.empty() && ended.size() <= 2 * options.ended_max) return;
    if (current) table.erase(at);
    ended.pop_front();
  }
}

// The step is in the store: now it takes effect.
void saga_core::settle(const saga_entry_ref& e, saga_record next, std::string text) {
  const bool had = e->record.step != 0, had_ended = had && e->record.ended();
  note_phase(e->record.phase, had, next);
  for (const saga_effect& effect : next.effects) e->outbox.push_back(effect);
  if (!next.effects.empty()) e->marked = false;
  e->record = std::move(next);
  if (options.keep_history) e->history.push_back(std::move(text));
  if (had_ended != e->record.ended()) open += had_ended ? 1 : std::size_t(-1);
  if (e->record.ended()) remember_end(*e);
  arm(e);
  publish(e);
  forget_old();
}

task<saga_verdict> take_input(std::shared_ptr<saga_core> c, saga_address a, saga_input in) {
  const saga_entry_ref e = c->entry(std::move(a));
  const visit here{*c, e};
  const permit mine = co_await e->turn.acquire();
  if (!e->plan) throw system_error(errc::refused, "the saga's definition is missing");
  const bool known = e->record.step != 0;
  saga_outcome out =
      saga_step(*e->plan, known ? &e->record : nullptr, e->address.second, in, c->now());
  if (!out.next) {
    c->count(out.verdict, in);
    co_return out.verdict;
  }
  if (!e->outbox.empty()) out.next->unsent.emplace(e->outbox.begin(), e->outbox.end());
  std::string text = saga_record_text(*out.next);
  std::string before = std::exchange(e->text, text);
  const result<> stored = co_await write(*c, text);
  if (!stored) {
    e->text = std::move(before);
    ++c->account.not_stored;
    throw system_error(stored.error(), "a step of saga " + e->address.first);
  }
  c->count(out.verdict, in);
  c->settle(e, std::move(*out.next), std::move(text));
  compact_when_due(c);
  co_return out.verdict;
}

}  // namespace ensue::detail
