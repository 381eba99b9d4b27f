#include <ensue/async/timed_wait.hpp>
#include <ensue/flow/job_engine.hpp>
#include <ensue/reliability/retry_state.hpp>

#include <algorithm>

namespace ensue::detail {
namespace {

using kind = job_outcome::kind;

// After the deadline of the lease nobody here may think that the job is his.
void look_at_lease(job_engine& e, job_in_hand& j) {
  if (j.lost || e.rt.now() < j.lease_end) return;
  j.lost = true;
  ++e.counts.self_fenced;
}

task<> beat(job_engine& e, job_in_hand& j) {
  const time_point asked = e.rt.now();
  task<result<job_wish>> step = e.store.extend(j.lease(), e.options.lease, j.beat);
  // Not beyond the lease: the handler must be told in time when it has ended.
  const result<job_wish> told = co_await reach(e, std::move(step), j.lease_end - asked);
  ++e.counts.heartbeats;
  // One that did not get through is told again sooner.
  j.next_beat = saturating_add(e.rt.now(), told ? e.options.heartbeat : e.options.heartbeat / 4);
  if (told) {
    j.lease_end = e.lease_end(asked);
    j.cancel_asked = j.cancel_asked || *told == job_wish::cancel;
  } else if (told.error() == errc::refused) {
    j.lost = true;
  }
}

task<> note_stop(job_in_hand& j) {
  const auto state = co_await this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) j.stopping = true;
}

// One turn of keeping the lease while something is waited for in `list`.
task<> keep_for_a_while(job_engine& e, job_in_hand& j, work_list& list, time_point until) {
  if (!j.lost && e.rt.now() >= j.next_beat) co_return co_await beat(e, j);
  if (!j.lost) until = std::min({until, j.next_beat, j.lease_end});
  (void)co_await timed_wait(list, e.rt, "a job under its lease", until);
}

// Waits for the handler; its lease is extended meanwhile, and lost things are told to it.
task<> attend(job_engine& e, job_in_hand& j, job& handler) {
  while (!handler.finished()) {
    co_await note_stop(j);
    look_at_lease(e, j);
    if (j.stopping || j.lost || j.cancel_asked) handler.cancel();
    if (handler.finished()) break;
    co_await keep_for_a_while(e, j, handler.waiters(), never);
  }
}

// Waits, keeping the lease; false: it is lost, or this worker is being stopped.
task<bool> hold(job_engine& e, job_in_hand& j, duration d) {
  work_list nobody;
  const time_point until = saturating_add(e.rt.now(), d);
  for (;;) {
    co_await note_stop(j);
    look_at_lease(e, j);
    if (j.lost || j.stopping) co_return false;
    if (e.rt.now() >= until) co_return true;
    co_await keep_for_a_while(e, j, nobody, until);
  }
}

dead_attempt attempt_of(const job_in_hand& j, const failed_attempt& a) {
  dead_attempt d;
  d.number = j.record.failed + 1;
  d.took = a.took;
  d.started = a.wall - a.took;
  d.error = job_text(a.error);
  return d;
}

// How old the job's first attempt is tells the store's clock: its lease ended `lease` from the
// claim.
time_point first_began(const job_engine& e, const job_in_hand& j, time_point claimed) {
  if (!j.record.first_begun || !j.record.lease_until) return claimed;
  const wall_time now = *j.record.lease_until - e.options.lease;
  return saturating_add(claimed, *j.record.first_begun - now);
}

job_outcome after_failure(job_engine& e, job_in_hand& j, const std::exception_ptr& error,
                          time_point began) {
  retry_policy policy = j.what->policy.retry;
  if (j.record.attempts) policy.attempts = *j.record.attempts;
  retry_state state{policy, first_began(e, j, began), j.record.failed};
  state.begin_attempt(began);
  const next_step next = state.after(error, e.rt, e.draw);
  job_outcome o;
  o.progress = j.beat.progress;
  o.error = job_text(describe(error));
  o.end = next.end == retry_end::cancelled ? kind::cancelled
          : next.again()                   ? kind::again
                                           : kind::failed;
  o.wait = next.wait;
  if (!state.history().empty()) o.attempt = attempt_of(j, state.history().back());
  return o;
}

std::optional<job_outcome> outcome_of(job_engine& e, job_in_hand& j,
                                      job_of<std::optional<std::string>>& handler,
                                      time_point began) {
  job_outcome o;
  if (!handler.error()) {
    o.result = handler.take();
    return o;
  }
  if (j.lost) return std::nullopt;
  o.progress = j.beat.progress;
  if (j.cancel_asked) {
    o.end = kind::cancelled;
    o.error = handler.cancelled() ? "it was cancelled while it ran" : describe(handler.error());
    return o;
  }
  if (j.stopping && is_cancellation(handler.error())) {
    o.end = kind::released;
    return o;
  }
  return after_failure(e, j, handler.error(), began);
}

dead_letter letter_of(const job_engine& e, const job_in_hand& j, const job_outcome& o) {
  dead_letter l;
  l.event = j.record.name;
  l.content_type = "application/json";
  l.payload = j.record.args;
  l.event_id = j.record.id;
  if (j.record.unique_key) l.key = *j.record.unique_key;
  l.time = j.record.enqueued;
  l.subscription = "job " + j.record.name;
  l.component = e.options.name;
  const retry_policy& policy = j.what->policy.retry;
  const bool tried = j.record.failed + 1 >= j.record.attempts.value_or(policy.attempts);
  l.reason = tried ? death_reason::exhausted : death_reason::permanent;
  l.detail = o.error;
  l.attempts = j.record.history;
  if (o.attempt) l.attempts.push_back(*o.attempt);
  return l;
}

// A job fails for good only when its letter is safe. False: it never was.
task<bool> keep_letter(job_engine& e, job_in_hand& j, const job_outcome& o) {
  if (!e.options.letters || !j.what->policy.dead_letter) co_return true;
  for (;;) {
    dead_letter l = letter_of(e, j, o);
    task<result<uuid>> adding = e.options.letters->add(std::move(l));
    const result<uuid> kept = co_await reach(e, std::move(adding));
    if (kept) co_return true;
    e.log(log_level::error, "a job's dead letter cannot be kept", j.record, kept.error().message());
    const bool held = co_await hold(e, j, std::chrono::seconds{5});
    if (!held) co_return false;
  }
}

// Tells the store until it has heard.
task<> settle(job_engine& e, job_in_hand& j, job_outcome o) {
  for (unsigned failed = 1;; ++failed) {
    job_outcome said = o;
    task<result<>> step = e.store.finish(j.lease(), std::move(said));
    const result<> told = co_await reach(e, std::move(step));
    if (told) co_return;
    if (told.error() == errc::refused) {
      ++e.counts.late;
      co_return e.log(log_level::warning, "a job ended after its lease was lost", j.record);
    }
    if (told.error() == errc::invalid && o.result) {
      o = job_outcome{};
      o.end = kind::failed;
      o.error = "its result is longer than the store takes";
      continue;
    }
    const duration wait = e.options.store_retry.after(std::min(failed, 30U), e.draw);
    const bool again = may_try_again(told.error());
    const bool held = again && co_await hold(e, j, wait);
    if (!held)
      co_return e.log(log_level::error, "the end of a job could not be told to its store", j.record,
                      told.error().message());
  }
}

task<std::optional<std::string>> work_of(job_engine& e, job_in_hand& j, job_context& c) {
  task<std::optional<std::string>> work = j.what->body(j.record.args, c);
  if (c.deadline() == never) return work;
  return with_deadline(e.rt, c.deadline(), std::move(work));
}

task<> run_handler(job_engine& e, job_in_hand& j) {
  const time_point began = e.rt.now();
  const duration timeout = j.record.timeout.value_or(j.what->policy.timeout);
  job_context c{e.rt, j.record, j.beat, saturating_add(began, timeout)};
  owned_job<std::optional<std::string>> handler{e.rt, j.record.name, work_of(e, j, c)};
  j.handler = &*handler;
  handler->start();
  co_await attend(e, j, *handler);
  j.handler = nullptr;
  std::optional<job_outcome> o = outcome_of(e, j, *handler, began);
  if (!o) co_return;
  if (o->end == kind::failed) {
    const bool kept = co_await keep_letter(e, j, *o);
    if (!kept) co_return;
  }
  co_await settle(e, j, *std::move(o));
}

}  // namespace

task<> run_job(std::shared_ptr<job_engine> engine, std::shared_ptr<job_in_hand> lease) {
  const std::shared_ptr<job_engine> e = std::move(engine);
  const std::shared_ptr<job_in_hand> j = std::move(lease);
  // The lease is kept, and what became of it told, also when this worker is being stopped.
  co_await this_coro::throw_if_cancelled(false);
  j->next_beat = saturating_add(e->rt.now(), e->options.heartbeat);
  // The answer to the claim may have come when the lease had ended, after a pause of this process.
  look_at_lease(*e, *j);
  if (!j->lost) co_await run_handler(*e, *j);
  e->in_hand.erase({j->record.id, j->record.token});
  e->tell_waiters(j->record.id);
  e->look_again();
}

}  // namespace ensue::detail
