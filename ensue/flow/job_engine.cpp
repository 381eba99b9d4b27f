#include <ensue/async/timed_wait.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/flow/job_engine.hpp>

#include <algorithm>

namespace ensue::detail {

bool may_try_again(const error_code& ec) noexcept { return retryable(ec); }

std::shared_ptr<const job_definition> job_engine::find(std::string_view name) const {
  const auto at = definitions.find(name);
  return at == definitions.end() ? nullptr : at->second;
}

job_claim job_engine::wanted() const {
  job_claim c;
  for (const auto& [name, d] : definitions) c.names.push_back(name);
  c.worker = options.name;
  c.lease = options.lease;
  c.most = places();
  return c;
}

void job_engine::look_again() noexcept {
  look = true;
  wake_all(idle);
}

void job_engine::tell_waiters(const uuid& id) noexcept {
  if (const auto at = waiting.find(id); at != waiting.end()) wake_all(*at->second);
}

void job_engine::log(log_level level, std::string_view text, const job_record& j,
                     std::string_view why) const {
  const std::string id = j.id.text();
  const log_field fields[] = {
      {"job", std::string_view{j.name}}, {"id", std::string_view{id}}, {"why", why}};
  rt.log().write(level, text, fields);
}

namespace {

task<bool> is_cancelled() {
  const auto state = co_await this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

// Begins what was claimed; what no longer can be begun is given back by `give_back`.
void begin(job_engine& e, scope& s, const job_record& j, time_point lease_end) {
  auto mine = std::make_shared<job_in_hand>(j, e.find(j.name), lease_end);
  e.in_hand.emplace(std::pair{j.id, j.token}, mine);
  ++e.counts.began;
  (void)s.try_spawn(j.name, run_job(e.shared_from_this(), mine));
}

// One look at the store; how long until the next.
task<duration> look(job_engine& e, scope& s, unsigned& failed) {
  e.look = false;
  const time_point asked = e.rt.now();
  task<result<claimed_jobs>> step = e.store.claim(e.wanted());
  const result<claimed_jobs> got = co_await reach(e, std::move(step));
  if (!got) {
    if (!may_try_again(got.error())) throw system_error{got.error(), "the store of jobs"};
    co_return e.options.store_retry.after(std::min(++failed, 30U), e.draw);
  }
  failed = 0;
  for (const job_record& j : got->jobs) begin(e, s, j, e.lease_end(asked));
  co_return std::min(e.options.poll, got->next);
}

task<> serve(job_engine& e, scope& s) {
  // A claim under way is not to be lost: cancellation is looked for where nothing is claimed.
  co_await this_coro::throw_if_cancelled(false);
  for (unsigned failed = 0;;) {
    duration pause = duration::max();  // until a place is free
    if (e.places() > 0) pause = co_await look(e, s, failed);
    const bool stop = co_await is_cancelled();
    if (stop) throw_cancelled();
    if (e.look && e.places() > 0) continue;
    if (e.places() == 0) pause = duration::max();
    const time_point until = saturating_add(e.rt.now(), pause);
    const wait_status how = co_await timed_wait(e.idle, e.rt, "jobs to begin", until);
    if (how == wait_status::cancelled) throw_cancelled();
  }
}

// After all has ended: leases whose handler was never begun.
task<> give_back(job_engine& e) {
  while (!e.in_hand.empty()) {
    const std::shared_ptr<job_in_hand> j = e.in_hand.begin()->second;
    e.in_hand.erase(e.in_hand.begin());
    job_outcome o;
    o.end = job_outcome::kind::released;
    task<result<>> step = e.store.finish(j->lease(), std::move(o));
    (void)co_await reach(e, std::move(step));
  }
}

task<> serve_in_scope(job_engine& e) {
  scope_options o;
  o.name = e.options.name;
  o.children_max = std::size_t{e.options.workers} + 1;
  const auto body = [&e](scope& s) { return serve(e, s); };
  co_await with_scope(e.rt, o, body);
}

class running_mark {
 public:
  explicit running_mark(job_engine& e) : engine_{e} {
    if (std::exchange(e.running, true)) throw system_error{errc::exists, "the worker runs already"};
  }
  running_mark(const running_mark&) = delete;
  running_mark& operator=(const running_mark&) = delete;
  ~running_mark() { engine_.running = false; }

 private:
  job_engine& engine_;
};

}  // namespace

task<> run_jobs(std::shared_ptr<job_engine> engine) {
  const std::shared_ptr<job_engine> e = std::move(engine);
  const running_mark mark{*e};
  task<> serving = serve_in_scope(*e);
  task<> clearing = give_back(*e);
  co_await with_cleanup(e->rt, e->options.store_max, std::move(serving), std::move(clearing));
}

}  // namespace ensue::detail
