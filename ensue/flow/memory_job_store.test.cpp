#include <ensue/flow/memory_job_store.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

new_job made(runtime& rt) {
  new_job j;
  j.id = rt.new_id();
  j.name = "a";
  j.args = "{}";
  j.result_expires = 1h;
  return j;
}

job_claim asks() {
  job_claim c;
  c.names = {"a"};
  c.lease = 10s;
  return c;
}

}  // namespace

TEST_CASE("each step of a store in memory is a step of its table, by its own clock") {
  sim::world w{1};
  memory_job_store store{w.rt()};
  const new_job j = made(w.rt());
  CHECK(w.block_on(store.enqueue(j)).value().id == j.id);
  const claimed_jobs got = w.block_on(store.claim(asks())).value();
  REQUIRE(got.jobs.size() == 1);
  const job_lease l{j.id, got.jobs[0].token};
  w.run_for(9s);
  CHECK(w.block_on(store.extend(l, 10s, {0.5, "half"})).value() == job_wish::go_on);
  CHECK(w.block_on(store.find(j.id)).value().progress == 0.5);
  CHECK(w.block_on(store.cancel(j.id)).value().cancel_asked);
  job_outcome o;
  o.end = job_outcome::kind::cancelled;
  CHECK(w.block_on(store.finish(l, o)));
  CHECK(w.block_on(store.list({})).value().size() == 1);
  w.run_for(3h);
  CHECK(w.block_on(store.expire()));
  CHECK(store.account().results == 0);
}

TEST_CASE("a calendar that is set moves no lease and no delay") {
  sim::world w{1};
  memory_job_store store{w.rt()};
  new_job j = made(w.rt());
  CHECK(w.block_on(store.enqueue(j)).has_value());
  const claimed_jobs got = w.block_on(store.claim(asks())).value();
  w.host("main").jump_wall_clock(24h);
  CHECK(w.block_on(store.find(j.id)).value().state == job_state::running);
  w.host("main").jump_wall_clock(-48h);
  w.run_for(10s);
  CHECK(w.block_on(store.find(j.id)).value().state == job_state::queued);
}
