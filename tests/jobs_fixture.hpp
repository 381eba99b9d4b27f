#pragma once

#include <ensue/async/sleep.hpp>
#include <ensue/flow/jobs.hpp>
#include <ensue/flow/memory_job_store.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

/// What the tests of jobs share: a world, a store, and a worker that runs in the background.
namespace ensue::job_cases {

using namespace std::chrono_literals;

struct resize {
  std::string file;
  int width = 0;
};
BOOST_DESCRIBE_STRUCT(resize, (), (file, width))

struct resized {
  std::string url;
};
BOOST_DESCRIBE_STRUCT(resized, (), (url))

struct shop {
  explicit shop(jobs_options o = {}, job_limits limits = {})
      : store{w.rt(), limits}, work{w.rt(), store, std::move(o)} {}
  shop(const shop&) = delete;
  shop& operator=(const shop&) = delete;
  ~shop() { w.end(); }

  void start() { w.spawn_background("worker", work.run()); }
  uuid add(const resize& r, enqueue_options o = {}) {
    return w.block_on(work.enqueue("resize", r, std::move(o))).value().id;
  }
  uuid add(enqueue_options o = {}) { return add(resize{"a.png", 1}, std::move(o)); }
  job_record see(const uuid& id) { return w.block_on(work.find(id)).value(); }
  job_state state(const uuid& id) { return see(id).state; }
  job_record ended(const uuid& id) { return w.block_on(work.wait(id, 1h)).value(); }

  sim::world w{1};
  memory_job_store store;
  jobs work;
};

/// A store between a worker and another store, whose steps may be lost or late.
class far_store final : public job_store {
 public:
  far_store(runtime& rt, job_store& s) : rt_{rt}, store_{s} {}
  /// Called for each step, by its name: an error instead of the step; or behind it.
  std::function<error_code(std::string_view)> before{}, after{};
  duration takes{}, answers{};  // the way there and back

  task<result<enqueued_job>> enqueue(new_job j) override {
    return go(*this, "enqueue", store_.enqueue(std::move(j)));
  }
  task<result<claimed_jobs>> claim(job_claim c) override {
    return go(*this, "claim", store_.claim(std::move(c)));
  }
  task<result<job_wish>> extend(job_lease l, duration lease, job_beat b) override {
    return go(*this, "extend", store_.extend(l, lease, std::move(b)));
  }
  task<result<>> finish(job_lease l, job_outcome o) override {
    return go(*this, "finish", store_.finish(l, std::move(o)));
  }
  task<result<job_record>> cancel(uuid id) override {
    return go(*this, "cancel", store_.cancel(id));
  }
  task<result<job_record>> find(uuid id) override { return go(*this, "find", store_.find(id)); }
  task<result<std::vector<job_record>>> list(job_filter f) override {
    return go(*this, "list", store_.list(std::move(f)));
  }
  task<result<>> expire() override { return go(*this, "expire", store_.expire()); }
  job_account account() const override { return store_.account(); }

 private:
  template <class T>
  static task<result<T>> go(far_store& self, std::string_view what, task<result<T>> given) {
    task<result<T>> step = std::move(given);
    if (self.takes != duration{}) co_await sleep_for(self.rt_, self.takes);
    if (self.before)
      if (const error_code ec = self.before(what)) co_return result<T>{ec};
    result<T> done = co_await std::move(step);
    if (self.answers != duration{}) co_await sleep_for(self.rt_, self.answers);
    if (self.after)
      if (const error_code ec = self.after(what)) co_return result<T>{ec};
    co_return done;
  }

  runtime& rt_;
  job_store& store_;
};

}  // namespace ensue::job_cases
