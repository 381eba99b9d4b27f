// Jobs: workers that crash, are paused and lose their messages to the store. What a job is for
// happens at least once; no job is ended under two leases; no handler begins while another that is
// awake is at the same job.
#include "scenarios.hpp"
#include <ensue/async/sleep.hpp>
#include <ensue/flow/jobs.hpp>
#include <ensue/flow/memory_job_store.hpp>
#include <ensue/flow/saga_record.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;
using testing::service;

struct errand {
  std::uint64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(errand, (), (number))

/// What the world knows, whoever crashes.
struct office {
  simulation& w;
  memory_job_store& store;
  std::uint64_t lost_permille = 0;
  random_stream draw = w.random("office");
  std::set<uuid> effects{};
  std::map<uuid, std::set<std::uint64_t>> ended_by{};  // tokens
  struct presence {
    time_point since{}, last{};
  };
  std::map<uuid, presence> at_work{};  // a handler, and since when it is awake
  std::string fault{};

  void check(bool holds, const std::string& otherwise) {
    if (!holds && fault.empty()) fault = otherwise;
  }
};

/// The way of one machine to the store: it takes its time, and loses a question or an answer.
class way final : public job_store {
 public:
  way(runtime& rt, office& o) : rt_{rt}, out_{o} {}

  task<result<enqueued_job>> enqueue(new_job j) override {
    return go(*this, out_.store.enqueue(std::move(j)));
  }
  task<result<claimed_jobs>> claim(job_claim c) override { return claim_at(*this, std::move(c)); }
  task<result<job_wish>> extend(job_lease l, duration lease, job_beat b) override {
    if (out_.w.planted("no_heartbeat")) return nothing_done();
    return go(*this, out_.store.extend(l, lease, std::move(b)));
  }
  task<result<>> finish(job_lease l, job_outcome o) override {
    return finish_at(*this, l, std::move(o));
  }
  task<result<job_record>> cancel(uuid id) override { return go(*this, out_.store.cancel(id)); }
  task<result<job_record>> find(uuid id) override { return go(*this, out_.store.find(id)); }
  task<result<std::vector<job_record>>> list(job_filter f) override {
    return go(*this, out_.store.list(std::move(f)));
  }
  task<result<>> expire() override { return go(*this, out_.store.expire()); }
  job_account account() const override { return out_.store.account(); }

 private:
  static task<result<job_wish>> nothing_done() { co_return job_wish::go_on; }

  bool loses() { return !out_.w.healing() && out_.draw.below(1000) < out_.lost_permille; }
  duration trip() {
    const bool slow = !out_.w.healing() && out_.draw.chance(50);
    return std::chrono::microseconds{100 + out_.draw.below(slow ? 3'000'000 : 20'000)};
  }

  template <class T>
  static task<result<T>> go(way& self, task<result<T>> given) {
    task<result<T>> step = std::move(given);
    co_await sleep_for(self.rt_, self.trip());
    if (self.loses()) co_return result<T>{make_error_code(errc::unavailable)};
    result<T> done = co_await std::move(step);
    co_await sleep_for(self.rt_, self.trip());
    if (self.loses()) co_return result<T>{make_error_code(errc::outcome_unknown)};
    co_return done;
  }

  static task<result<claimed_jobs>> claim_at(way& self, job_claim c) {
    const result<claimed_jobs> got = co_await go(self, self.out_.store.claim(std::move(c)));
    if (!got || !self.out_.w.planted("ack_first")) co_return got;
    for (const job_record& j : got->jobs) {
      const job_outcome done;
      const job_lease lease{j.id, j.token};
      (void)co_await finish_at(self, lease, done);
    }
    co_return got;
  }

  static task<result<>> finish_at(way& self, job_lease l, job_outcome given) {
    const job_outcome o = std::move(given);
    task<result<>> step = decide(self.out_, l, o);
    co_return co_await go(self, std::move(step));
  }

  // At the store.
  static task<result<>> decide(office& o, job_lease l, job_outcome given) {
    const job_outcome outcome = std::move(given);
    job_lease told = l;
    if (o.w.planted("no_token")) {
      const result<job_record> now = co_await o.store.find(l.id);
      if (now) told.token = now->token;
    }
    const result<> done = co_await o.store.finish(told, outcome);
    if (done && outcome.end == job_outcome::kind::done) {
      o.ended_by[l.id].insert(l.token);
      o.check(o.ended_by[l.id].size() == 1, "a job was ended under two leases");
      o.check(o.effects.contains(l.id), "a job is done whose effect did not happen");
    }
    co_return done;
  }

  runtime& rt_;
  office& out_;
};

/// Runs in slices, so that it is seen to be awake.
task<std::string> do_errand(office& o, runtime& rt, job_context& c) {
  const uuid id = c.id();
  const auto other = o.at_work.find(id);
  // Who was paused may need a moment to see that his lease has ended.
  o.check(other == o.at_work.end() || rt.now() - other->second.last > 300ms ||
              other->second.last - other->second.since < 500ms,
          "a handler begins while another is at it");
  o.at_work[id] = {rt.now(), rt.now()};
  struct leaving {
    office& in;
    uuid of;
    ~leaving() { in.at_work.erase(of); }
  } const leave{o, id};
  for (std::uint64_t slices = o.draw.below(120); slices > 0; --slices) {
    office::presence& here = o.at_work[id];
    if (rt.now() - here.last > 300ms) here.since = rt.now();
    here.last = rt.now();
    co_await sleep_for(rt, 100ms);
  }
  if (o.draw.chance(100)) throw std::runtime_error{"out of luck"};
  o.effects.insert(id);
  co_await sleep_for(rt, 10ms);
  co_return "done";
}

jobs_options patient(const std::string& name) {
  jobs_options o;
  o.name = name;
  o.workers = 2;
  o.lease = 4s;
  o.heartbeat = 1s;
  o.store_max = 1500ms;
  return o;
}

void work(office& o, service& on) {
  way& store = on.make<way>(on.rt(), o);
  jobs& all = on.make<jobs>(on.rt(), store, patient(on.host().name()));
  job_policy policy;
  policy.retry = {.attempts = 1000, .base = 100ms};
  all.define<errand>(
      "errand", [&o, &on](const errand&, job_context& c) { return do_errand(o, on.rt(), c); },
      policy);
  on.spawn("worker", all.run());
}

task<> ask(office& o, service& on, std::uint64_t errands) {
  way store{on.rt(), o};
  jobs all{on.rt(), store, patient("asker")};
  random_stream draw = on.rt().random("asker");
  for (std::uint64_t n = 1; n <= errands; ++n) {
    enqueue_options how;
    how.id = derived_id("errand " + std::to_string(n));
    how.priority = static_cast<int>(draw.below(3));
    if (draw.chance(300)) how.delay = 100ms * draw.below(30);
    const errand e{n};
    for (;;) {
      const result<enqueued_job> asked = co_await all.enqueue("errand", e, how);
      if (asked) break;
      co_await sleep_for(on.rt(), 100ms);
    }
    if (draw.chance(100)) (void)co_await all.cancel(how.id);
  }
  for (std::uint64_t n = 1; n <= errands; ++n) {
    const uuid id = derived_id("errand " + std::to_string(n));
    for (;;) {
      const result<job_record> ended = co_await all.wait(id, 1h);
      if (ended) break;
      co_await sleep_for(on.rt(), 100ms);
    }
  }
}

std::string unsettled(const office& o, std::uint64_t errands) {
  const job_account a = o.store.account();
  if (a.recorded != errands || a.done + a.cancelled != errands) return a.text();
  return {};
}

}  // namespace

void jobs_fenced(simulation& w) {
  job_limits limits;
  limits.lost_max = 1'000'000;
  memory_job_store& store = w.make<memory_job_store>(w.world().rt(), limits);
  office o{w, store};
  o.lost_permille = w.size("lost", 0, 1) * w.size("permille", 0, 200);
  const std::uint64_t errands = w.size("errands", 1, 6);
  for (const char* name : {"w1", "w2", "w3"}) w.host(name, [&o](service& on) { work(o, on); });
  w.client("asker", [&o, errands](service& on) { return ask(o, on, errands); });
  w.chaos({.crash = {"w1", "w2"},
           .pause = {"w1", "w2", "w3"},
           .clock = {"w2"},
           .times_max = 3,
           .down_max = 10s,
           .during = 40s});
  w.always("every job is one worker's, ended once, after its effect", [&o] { return o.fault; });
  w.always("the account balances", [&o] { return o.store.account().balanced(); });
  w.eventually("every job has ended", 10min, [&] { return unsettled(o, errands); });
  w.run();
}

}  // namespace ensue::scenarios
