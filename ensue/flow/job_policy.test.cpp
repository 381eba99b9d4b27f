#include <ensue/flow/job_policy.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("the defaults are well") {
  CHECK_FALSE(job_policy{}.wrong());
  CHECK_FALSE(jobs_options{}.wrong());
  CHECK_FALSE(enqueue_options{}.wrong());
}

TEST_CASE("a worker whose lease does not fit its heartbeat is refused, with both numbers") {
  CHECK(*jobs_options{.lease = 15s}.wrong() ==
        "lease 15 s does not outlast two heartbeats of 10 s: one that is late would lose the job "
        "of a worker that is well");
  CHECK_FALSE(jobs_options{.lease = 20s}.wrong());
  CHECK(*jobs_options{.lease = 2s, .heartbeat = 1s}.wrong() ==
        "lease 2 s does not outlast store_max 5 s: it could end while the worker waits to extend "
        "it");
  CHECK(*jobs_options{.workers = 0}.wrong() == "workers is 0; it must be from 1 to 10000");
  CHECK(*jobs_options{.heartbeat = 0s}.wrong() == "heartbeat is 0 s; it must be more than 0");
  CHECK(*jobs_options{.poll = 0s}.wrong() == "poll is 0 s; it must be more than 0");
}

TEST_CASE("a policy whose attempts do not fit into its deadline is refused, with both numbers") {
  const retry_policy tight{.attempts = 3, .base = 1s, .cap = 1s, .deadline = 10s};
  CHECK(*job_policy{.retry = tight, .timeout = 4s}.wrong() ==
        "retry.attempts 3 x timeout 4 s and waits of up to 3 s (together 15 s) do not fit into "
        "retry.deadline 10 s");
  CHECK_FALSE(job_policy{.retry = tight, .timeout = 2s}.wrong());
  CHECK(*job_policy{.timeout = 0s}.wrong() == "timeout is 0 s; it must be more than 0");
  CHECK(*job_policy{.result_expires = 0s}.wrong() ==
        "result_expires is 0 s; it must be more than 0");
  CHECK(job_policy{.retry = {.attempts = 0}}.wrong());
}

TEST_CASE("what is asked for one job is looked at too") {
  CHECK(*enqueue_options{.delay = 1s, .at = wall_time{}}.wrong() ==
        "both at and delay 1 s are given; when is it to begin?");
  CHECK(*enqueue_options{.delay = 5s, .begin_within = 5s}.wrong() ==
        "begin_within 5 s has passed when its delay of 5 s ends: it could never begin");
  CHECK(*enqueue_options{.priority = 1001}.wrong() ==
        "priority is 1001; it must be from -1000 to 1000");
  CHECK(enqueue_options{.delay = -1s}.wrong());
  CHECK(enqueue_options{.attempts = 0}.wrong());
  CHECK(enqueue_options{.timeout = 0s}.wrong());
  CHECK(enqueue_options{.result_expires = 0s}.wrong());
}
