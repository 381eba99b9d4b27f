#include <ensue/flow/job_engine.hpp>

#include <tests/jobs_fixture.hpp>

using namespace ensue;
using namespace ensue::job_cases;

namespace {

task<> run_for(runtime& rt, jobs& work, duration d) {
  try {
    co_await with_timeout(rt, d, work.run());
  } catch (const system_error& e) {
    CHECK(e.code() == errc::timed_out);
  }
}

}  // namespace

TEST_CASE("no more at once than there are workers, and a free one takes the next at once") {
  shop s{{.workers = 3}};
  int at_once = 0, most = 0;
  s.work.define<resize>("resize", [&](const resize&) -> task<> {
    most = std::max(most, ++at_once);
    co_await sleep_for(s.w.rt(), 1s);
    --at_once;
  });
  for (int n = 0; n < 7; ++n) s.add();
  s.start();
  s.w.run_for(2999ms);
  CHECK(s.work.account().done == 6);
  s.w.run_for(2ms);
  CHECK(s.work.account().done == 7);
  CHECK(most == 3);
}

TEST_CASE("a worker that is stopped gives its jobs back, uncounted, after their clean-up") {
  shop s;
  bool cleaned = false;
  s.work.define<resize>("resize", [&](const resize& r) -> task<> {
    struct on_exit {
      bool& flag;
      ~on_exit() { flag = true; }
    } const clean{cleaned};
    co_await sleep_for(s.w.rt(), r.width * 1s);
  });
  const uuid quick = s.add({"a", 1}), slow = s.add({"b", 100});
  s.w.block_on(run_for(s.w.rt(), s.work, 10s));
  CHECK(cleaned);
  CHECK(s.state(quick) == job_state::done);
  const job_record j = s.see(slow);
  CHECK(j.state == job_state::queued);
  CHECK(j.failed + j.lost == 0);
  CHECK(s.work.account().released == 1);
  s.start();  // and again
  CHECK(s.ended(slow).state == job_state::done);
}

TEST_CASE("stopped while it claims, a worker gives back what it got") {
  shop s;
  far_store far{s.w.rt(), s.store};
  far.takes = 2s;
  jobs work{s.w.rt(), far};
  int runs = 0;
  work.define<resize>("resize", [&](const resize&) { ++runs; });
  const uuid id = s.add();
  s.w.block_on(run_for(s.w.rt(), work, 1s));
  CHECK(s.state(id) == job_state::queued);
  CHECK(s.work.account().released + static_cast<std::uint64_t>(runs) == s.work.account().begun);
  CHECK(s.work.account().lost == 0);
}

TEST_CASE("a store that cannot be reached is asked again; one that is broken ends the worker") {
  shop s;
  far_store far{s.w.rt(), s.store};
  error_code now = errc::unavailable;
  far.before = [&](std::string_view) { return now; };
  jobs work{s.w.rt(), far};
  work.define<resize>("resize", [](const resize&) {});
  const uuid id = s.add();
  s.w.spawn_background("work", work.run());
  s.w.run_for(1min);
  now = {};
  CHECK(s.ended(id).state == job_state::done);
  now = make_error_code(boost::system::errc::io_error);
  bool ended = false;
  try {
    s.w.run_for(1min);
  } catch (const std::exception&) {
    ended = true;
  }
  CHECK(ended);
}

TEST_CASE("a store that hangs is given up after store_max") {
  shop s;
  far_store far{s.w.rt(), s.store};
  far.takes = 1h;
  jobs work{s.w.rt(), far};
  work.define<resize>("resize", [](const resize&) {});
  s.w.spawn_background("work", work.run());
  const uuid id = s.add();
  s.w.run_for(20s);
  far.takes = {};
  s.w.run_for(10s);
  CHECK(s.state(id) == job_state::done);
}

TEST_CASE("a worker runs once at a time") {
  shop s;
  s.start();
  s.w.run_for(1s);
  bool refused = false;
  const auto second = [](jobs& work, bool& out) -> task<> {
    try {
      co_await work.run();
    } catch (const system_error& e) {
      out = e.code() == errc::exists;
    }
  };
  s.w.block_on(second(s.work, refused));
  CHECK(refused);
}

TEST_CASE("jobs nobody here has defined are left to others") {
  shop s;
  s.work.define<resize>("other", [](const resize&) {});
  s.start();
  const uuid id = s.add();
  s.w.run_for(1min);
  CHECK(s.state(id) == job_state::queued);
}
