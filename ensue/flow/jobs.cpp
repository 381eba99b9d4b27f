#include <ensue/async/timed_wait.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/flow/job_engine.hpp>
#include <ensue/flow/job_metrics.hpp>
#include <ensue/flow/jobs.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>

namespace ensue {
namespace {

using detail::job_engine;
using engine_ref = std::shared_ptr<job_engine>;

task<result<enqueued_job>> refused(job_engine& e, const std::string& name, std::string why) {
  const log_field fields[] = {{"job", std::string_view{name}}, {"why", std::string_view{why}}};
  e.rt.log().write(log_level::warning, "a job was refused", fields);
  return [](error_code ec) -> task<result<enqueued_job>> { co_return ec; }(errc::invalid);
}

new_job made_of(job_engine& e, std::string name, std::string args, const enqueue_options& o) {
  const auto d = e.find(name);
  new_job j;
  j.id = o.id.nil() ? e.rt.new_id() : o.id;
  j.name = std::move(name);
  j.args = std::move(args);
  j.priority = o.priority;
  if (!o.unique_key.empty()) j.unique_key = o.unique_key;
  j.delay = o.at ? std::max(*o.at - e.rt.wall_now(), duration{}) : o.delay;
  j.begin_within = o.begin_within;
  j.result_expires =
      o.result_expires.value_or(d ? d->policy.result_expires : job_policy{}.result_expires);
  j.attempts = o.attempts;
  j.timeout = o.timeout;
  return j;
}

task<result<enqueued_job>> record(engine_ref engine, new_job given) {
  const engine_ref e = std::move(engine);
  const new_job j = std::move(given);
  task<result<enqueued_job>> step = e->store.enqueue(j);
  const result<enqueued_job> done = co_await std::move(step);
  if (done) e->look_again();
  co_return done;
}

// What the handler has said since the last heartbeat.
void add_progress(const job_engine& e, job_record& j) {
  const auto at = e.in_hand.find({j.id, j.token});
  if (j.state != job_state::running || at == e.in_hand.end()) return;
  j.progress = at->second->beat.progress;
  j.progress_text = at->second->beat.progress_text;
}

task<result<job_record>> find_in(engine_ref engine, uuid id) {
  const engine_ref e = std::move(engine);
  task<result<job_record>> step = e->store.find(id);
  result<job_record> found = co_await std::move(step);
  if (found) add_progress(*e, *found);
  co_return found;
}

task<result<std::vector<job_record>>> list_in(engine_ref engine, job_filter f) {
  const engine_ref e = std::move(engine);
  task<result<std::vector<job_record>>> step = e->store.list(std::move(f));
  result<std::vector<job_record>> all = co_await std::move(step);
  if (!all) co_return all.error();
  for (job_record& j : *all) add_progress(*e, j);
  co_return all;
}

/// A place in the line of those who wait for the end of a job.
class waiting_line {
 public:
  waiting_line(job_engine& e, const uuid& id) : engine_{e}, id_{id} {
    std::shared_ptr<work_list>& there = e.waiting[id];
    if (!there) there = std::make_shared<work_list>();
    list_ = there;
  }
  waiting_line(const waiting_line&) = delete;
  waiting_line& operator=(const waiting_line&) = delete;
  ~waiting_line() {
    list_.reset();
    const auto at = engine_.waiting.find(id_);
    if (at->second.use_count() == 1) engine_.waiting.erase(at);
  }
  work_list& operator*() const noexcept { return *list_; }

 private:
  job_engine& engine_;
  uuid id_;
  std::shared_ptr<work_list> list_;
};

task<result<job_record>> wait_in_line(engine_ref engine, uuid id, time_point until) {
  const engine_ref e = std::move(engine);
  const waiting_line line{*e, id};
  for (;;) {
    const result<job_record> j = co_await find_in(e, id);
    if (!j || has_ended(j->state)) co_return j;
    if (e->rt.now() >= until) co_return make_error_code(errc::timed_out);
    const time_point look = std::min(until, saturating_add(e->rt.now(), e->options.poll));
    const wait_status how = co_await timed_wait(*line, e->rt, "the end of a job", look);
    if (how == wait_status::cancelled) throw_cancelled();
  }
}

task<result<job_record>> cancel_in(engine_ref engine, uuid id) {
  const engine_ref e = std::move(engine);
  task<result<job_record>> step = e->store.cancel(id);
  const result<job_record> told = co_await std::move(step);
  if (!told) co_return told;
  const auto at = e->in_hand.find({id, told->token});
  if (at != e->in_hand.end() && told->state == job_state::running) {
    at->second->cancel_asked = true;
    if (at->second->handler) at->second->handler->cancel();
  }
  e->tell_waiters(id);
  co_return told;
}

task<result<>> enqueue_again(engine_ref engine, dead_letters::letter_ptr given) {
  const engine_ref e = std::move(engine);
  const dead_letters::letter_ptr letter = std::move(given);
  enqueue_options o;
  o.unique_key = letter->key;
  new_job j = made_of(*e, letter->event, letter->payload, o);
  const result<enqueued_job> done = co_await record(e, std::move(j));
  if (!done) co_return done.error();
  co_return result<>{};
}

}  // namespace

struct jobs::inside {
  explicit inside(const engine_ref& e) : metrics{*e} { e->rt.metrics().add(metrics); }
  job_metrics metrics;
};

jobs::jobs(runtime& rt, job_store& store, jobs_options o)
    : engine_{std::make_shared<job_engine>(rt, store, std::move(o))} {
  if (const auto wrong = engine_->options.wrong())
    throw system_error{errc::invalid, engine_->options.name + ": " + *wrong};
  inside_ = std::make_unique<inside>(engine_);
}

jobs::~jobs() = default;

void jobs::add(std::string name, job_policy policy, std::type_index args, detail::job_body body) {
  ENSUE_ASSERT(!engine_->running, "jobs are defined before they run");
  ENSUE_ASSERT(!engine_->find(name), "two definitions of one job");
  if (const auto wrong = policy.wrong())
    throw system_error{errc::invalid, "job " + name + ": " + *wrong};
  auto made = std::make_shared<const detail::job_definition>(
      detail::job_definition{name, std::move(policy), args, std::move(body)});
  engine_->definitions.emplace(std::move(name), std::move(made));
}

task<result<enqueued_job>> jobs::enqueue_text(std::string name, std::string args,
                                              const std::type_info* type, enqueue_options o) {
  job_engine& e = *engine_;
  if (auto wrong = o.wrong()) return refused(e, name, *std::move(wrong));
  if (args.empty()) return refused(e, name, "its arguments have no JSON");
  const auto d = e.find(name);
  if (d && type && d->args != std::type_index{*type})
    return refused(e, name, "its arguments are not of the type that was defined");
  return record(engine_, made_of(e, std::move(name), std::move(args), o));
}

task<result<enqueued_job>> jobs::enqueue_json(std::string name, std::string args,
                                              enqueue_options o) {
  if (const auto document = parse_json(args); !document)
    return refused(*engine_, name, "its arguments: " + document.error().text());
  return enqueue_text(std::move(name), std::move(args), nullptr, std::move(o));
}

task<result<job_record>> jobs::find(uuid id) { return find_in(engine_, id); }

task<result<std::vector<job_record>>> jobs::list(job_filter f) {
  return list_in(engine_, std::move(f));
}

task<result<job_record>> jobs::wait(uuid id, duration within) {
  return wait_in_line(engine_, id, saturating_add(engine_->rt.now(), within));
}

task<result<job_record>> jobs::cancel(uuid id) { return cancel_in(engine_, id); }

task<result<redrive_report>> jobs::redrive(dead_letters& from, dead_letter_filter which) {
  const dead_letters::post_function post = [e = engine_](dead_letters::letter_ptr letter) {
    return enqueue_again(e, std::move(letter));
  };
  return from.redrive(std::move(which), post);
}

task<> jobs::run() { return detail::run_jobs(engine_); }

std::size_t jobs::running() const noexcept { return engine_->in_hand.size(); }

job_account jobs::account() const { return engine_->store.account(); }

}  // namespace ensue
