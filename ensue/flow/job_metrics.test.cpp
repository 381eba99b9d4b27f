#include <ensue/flow/job_metrics.hpp>

#include <map>
#include <tests/jobs_fixture.hpp>

using namespace ensue;
using namespace ensue::job_cases;

namespace {

struct reader final : metric_visitor {
  void number(const metric& what, std::span<const metric_label> labels,
              std::int64_t value) override {
    if (what.name.starts_with("ensue_jobs_")) {
      CHECK(labels.size() == 1);
      CHECK(labels[0].value == "thumbs");
      seen[std::string{what.name}] = value;
    }
  }
  void durations(const metric&, std::span<const metric_label>, const metric_histogram&) override {}
  std::map<std::string, std::int64_t> seen;
};

}  // namespace

TEST_CASE("jobs show the account of their store and what the worker did; and leave") {
  sim::world w{1};
  memory_job_store store{w.rt()};
  {
    jobs_options o;
    o.name = "thumbs";
    jobs work{w.rt(), store, o};
    work.define<resize>("resize",
                        [&](const resize&) -> task<> { co_await sleep_for(w.rt(), 15s); });
    w.spawn_background("work", work.run());
    (void)w.block_on(work.enqueue("resize", resize{"a", 1}));
    (void)w.block_on(work.enqueue("resize", resize{"a", 1}, {.delay = 1h}));
    w.run_for(12s);
    reader during;
    w.rt().metrics().collect(during);
    CHECK(during.seen["ensue_jobs_recorded"] == 2);
    CHECK(during.seen["ensue_jobs_running"] == 1);
    CHECK(during.seen["ensue_jobs_waiting"] == 1);
    CHECK(during.seen["ensue_jobs_worker_busy"] == 1);
    CHECK(during.seen["ensue_jobs_worker_heartbeats"] == 1);
    w.end();
  }
  reader after;
  w.rt().metrics().collect(after);
  CHECK(after.seen.empty());
}
