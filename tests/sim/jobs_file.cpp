// Jobs in a file: a machine that crashes and loses its power. What was recorded is done, what was
// seen as done stays so, and no lease outlives its life.
#include "scenarios.hpp"
#include <ensue/async/sleep.hpp>
#include <ensue/flow/job_file.hpp>
#include <ensue/flow/jobs.hpp>
#include <ensue/flow/saga_record.hpp>

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;
using testing::service;

struct parcel {
  std::uint64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(parcel, (), (number))

struct customers {
  simulation& w;
  std::uint64_t parcels = 0;
  random_stream draw = w.random("customers");
  std::set<uuid> recorded{}, effects{}, seen_done{};
  std::string fault{};
  bool all_done = false;

  uuid id(std::uint64_t n) const { return derived_id("parcel " + std::to_string(n)); }
  void check(bool holds, const char* otherwise) {
    if (!holds && fault.empty()) fault = otherwise;
  }
};

/// Records every parcel that is not known to be, then looks at them until all are done.
task<> ask(customers& c, jobs& all, runtime& rt) {
  for (std::uint64_t n = 1; n <= c.parcels; ++n) {
    const uuid id = c.id(n);
    if (c.recorded.contains(id)) continue;
    enqueue_options how;
    how.id = id;
    if (c.draw.chance(300)) how.delay = 50ms * c.draw.below(20);
    const parcel p{n};
    if (c.w.planted("early_ack")) c.recorded.insert(id);
    const result<enqueued_job> asked = co_await all.enqueue("send", p, how);
    if (asked) c.recorded.insert(id);
    co_await sleep_for(rt, 20ms * c.draw.below(20));
  }
  while (!c.all_done) {
    std::size_t done = 0;
    for (const uuid& id : std::set<uuid>{c.recorded}) {
      const result<job_record> j = co_await all.find(id);
      c.check(j.has_value(), "a recorded job is not there");
      const bool is_done = j && j->state == job_state::done;
      c.check(is_done || !c.seen_done.contains(id), "a job that was done is not any more");
      c.check(!is_done || c.effects.contains(id), "a job is done whose effect did not happen");
      if (is_done) c.seen_done.insert(id);
      done += is_done ? 1 : 0;
    }
    c.all_done = done == c.parcels;
    co_await sleep_for(rt, 200ms);
  }
}

task<> live(customers& c, service& on) {
  job_file_options o;
  o.limits.lost_max = 1'000;
  auto opened = co_await job_file::open(on.rt(), c.w.disk("shop"), "shop.jobs", o);
  c.check(opened.has_value(), "the file cannot be opened");
  if (!opened) co_return;
  const std::shared_ptr<job_file> file = std::move(*opened);
  on.host().keep(file);
  jobs& all = on.make<jobs>(on.rt(), *file);
  all.define<parcel>("send", [&c, &on](const parcel& p) -> task<> {
    const uuid id = c.id(p.number);
    co_await sleep_for(on.rt(), 10ms * c.draw.below(100));
    c.effects.insert(id);
    co_await sleep_for(on.rt(), 10ms * c.draw.below(10));
  });
  on.spawn("customers", ask(c, all, on.rt()));
  co_await all.run();
}

}  // namespace

void jobs_in_a_file(simulation& w) {
  customers c{w, w.size("parcels", 1, 6)};
  w.host("shop", [&c](service& on) { on.spawn("live", live(c, on)); });
  w.chaos({.crash = {"shop"}, .power = {"shop"}, .times_max = 3, .during = 5s});
  w.always("recorded jobs are kept, done ones stay done", [&c] { return c.fault; });
  w.eventually("every job is done", 5min, [&c] { return c.all_done; });
  w.run();
}

}  // namespace ensue::scenarios
