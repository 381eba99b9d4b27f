#include <ensue/flow/job_engine.hpp>

#include <stdexcept>
#include <tests/jobs_fixture.hpp>

using namespace ensue;
using namespace ensue::job_cases;

TEST_CASE("a failure is tried again by the policy, each attempt counted, then it is for good") {
  shop s;
  std::vector<duration> begun;
  s.work.define<resize>("resize",
                        [&](const resize&) {
                          begun.push_back(s.w.elapsed());
                          throw std::runtime_error{"no " + std::to_string(begun.size())};
                        },
                        {.retry = {.attempts = 3, .base = 1s, .jitter_min = 1, .jitter_max = 1}});
  s.start();
  const uuid id = s.add();
  s.w.run_for(500ms);
  CHECK(s.state(id) == job_state::scheduled);  // no worker is held
  CHECK(s.work.running() == 0);
  const job_record j = s.ended(id);
  CHECK(j.state == job_state::failed);
  CHECK(j.error == "no 3");
  CHECK(j.failed == 3);
  REQUIRE(begun.size() == 3);
  CHECK(begun[1] - begun[0] == 1s);
  CHECK(begun[2] - begun[1] == 2s);
  REQUIRE(j.history.size() == 3);
  CHECK(j.history[1].number == 2);
  CHECK(j.history[1].error == "no 2");
  CHECK(s.work.account().retried == 2);
}

TEST_CASE("a permanent failure is not tried again, nor are arguments that cannot be read") {
  shop s;
  s.work.define<resize>("resize",
                        [](const resize&) { throw std::invalid_argument{"no such format"}; });
  s.start();
  CHECK(s.ended(s.add()).failed == 1);
  const uuid odd = s.w.block_on(s.work.enqueue_json("resize", R"({"file":3})")).value().id;
  const job_record j = s.ended(odd);
  CHECK(j.state == job_state::failed);
  CHECK(j.failed == 1);
  CHECK(j.error->find("the arguments: file: expected a string") != std::string::npos);
}

TEST_CASE("attempts and time-out of one job, in place of the policy's") {
  shop s;
  s.work.define<resize>("resize",
                        [&](const resize&) -> task<> { co_await sleep_for(s.w.rt(), 1h); },
                        {.retry = {.attempts = 5, .base = 10ms}, .timeout = 10s});
  s.start();
  const job_record j = s.ended(s.add({.attempts = 2, .timeout = 1s}));
  CHECK(j.state == job_state::failed);
  CHECK(j.failed == 2);
  CHECK(j.error->find("timed out") != std::string::npos);
  CHECK(s.w.elapsed() < 2100ms);
}

TEST_CASE("the deadline of the retries counts from the first attempt, over all leases") {
  shop s;
  s.work.define<resize>("resize",
                        [&](const resize&) -> task<> {
                          co_await sleep_for(s.w.rt(), 1s);
                          throw std::runtime_error{"no"};
                        },
                        {.retry = {.attempts = 100,
                                   .base = 1s,
                                   .cap = 1s,
                                   .jitter_min = 1,
                                   .jitter_max = 1,
                                   .deadline = 120s}});
  s.start();
  s.w.run_for(1h);
  const uuid id = s.add({.attempts = 100});
  const job_record j = s.ended(id);
  CHECK(j.failed == 60);
  CHECK(s.w.elapsed() < 1h + 121s);
}

TEST_CASE("a long job is beaten for: nobody else gets it") {
  shop s;
  int runs = 0;
  const auto handler = [&](const resize&) -> task<> {
    ++runs;
    co_await sleep_for(s.w.rt(), 10min);
  };
  jobs other{s.w.rt(), s.store};
  s.work.define<resize>("resize", handler);
  other.define<resize>("resize", handler);
  s.start();
  s.w.spawn_background("other", other.run());
  CHECK(s.ended(s.add()).state == job_state::done);
  CHECK(runs == 1);
  CHECK(s.work.account().lost == 0);
  CHECK(s.work.account().begun == 1);
}

TEST_CASE("the job of a worker that dies is another's when its lease has ended") {
  sim::world w{1};
  memory_job_store store{w.rt()};
  std::vector<std::string> runs;
  const auto boot = [&](sim::host& h) {
    jobs_options o;
    o.name = h.name();
    auto work = std::make_shared<jobs>(h.rt(), store, o);
    work->define<resize>("resize", [&runs, &h](const resize&) -> task<> {
      runs.push_back(h.name());
      co_await sleep_for(h.rt(), 20s);
    });
    h.keep(work);
    h.spawn_background("worker", work->run());
  };
  sim::host& first = w.host("first", boot);
  jobs asks{w.rt(), store};
  const uuid id = w.block_on(asks.enqueue("resize", resize{"a", 1})).value().id;
  w.run_for(5s);
  w.host("second", boot);
  first.crash();
  w.run_for(23s);
  CHECK(runs == std::vector<std::string>{"first"});
  w.run_for(10s);
  CHECK(runs == std::vector<std::string>{"first", "second"});
  CHECK(w.block_on(asks.wait(id, 1h)).value().worker == "second");
  CHECK(store.account().lost == 1);
  w.end();
}

TEST_CASE("what a paused worker says after its lease was lost changes nothing") {
  sim::world w{1};
  memory_job_store store{w.rt()};
  std::map<std::string, int> ended;
  const auto boot = [&](sim::host& h) {
    jobs_options o;
    o.name = h.name();
    auto work = std::make_shared<jobs>(h.rt(), store, o);
    work->define<resize>("resize", [&ended, &h](const resize&) -> task<std::string> {
      co_await sleep_for(h.rt(), 20s);
      ++ended[h.name()];
      co_return h.name();
    });
    h.keep(work);
    h.spawn_background("worker", work->run());
  };
  sim::host& first = w.host("first", boot);
  jobs asks{w.rt(), store};
  const uuid id = w.block_on(asks.enqueue("resize", resize{"a", 1})).value().id;
  w.run_for(5s);
  w.host("second", boot);
  first.pause(40s);  // its handler ends on time, 40 s late
  const job_record j = w.block_on(asks.wait(id, 1h)).value();
  CHECK(result_of<std::string>(j).value() == "second");
  w.run_for(1min);
  CHECK(ended["first"] == 1);
  CHECK(result_of<std::string>(w.block_on(asks.find(id)).value()).value() == "second");
  CHECK(store.account().fenced >= 1);
  CHECK(store.account().done == 1);
  w.end();
}

TEST_CASE("a worker that cannot reach its store lets the job go before the lease ends elsewhere") {
  shop s;
  far_store far{s.w.rt(), s.store};
  jobs cut_off{s.w.rt(), far};
  duration stopped{};
  cut_off.define<resize>("resize", [&](const resize&) -> task<> {
    try {
      co_await sleep_for(s.w.rt(), 10min);
    } catch (...) {
      stopped = s.w.elapsed();
      throw;
    }
  });
  s.w.spawn_background("cut off", cut_off.run());
  const uuid id = s.add();
  s.w.run_for(5s);
  SUBCASE("it says so") {
    far.before = [](std::string_view) { return make_error_code(errc::unavailable); };
  }
  SUBCASE("it does not answer") { far.takes = 1h; }
  s.w.run_for(21s);
  CHECK(stopped == duration{});
  CHECK(s.state(id) == job_state::running);
  s.w.run_for(3s);
  CHECK(stopped > 26s);
  CHECK(stopped == 28s);  // claimed at 1 s; a tenth of the lease before its end
  CHECK(s.state(id) == job_state::running);
  s.w.run_for(3s);
  CHECK(s.state(id) == job_state::queued);
}

TEST_CASE("an end whose answer was lost is told again, and counts once") {
  shop s;
  far_store far{s.w.rt(), s.store};
  int lost = 0;
  far.after = [&](std::string_view what) {
    return what == "finish" && ++lost <= 3 ? make_error_code(errc::outcome_unknown) : error_code{};
  };
  jobs work{s.w.rt(), far};
  work.define<resize>("resize", [](const resize& r) { return r.width; });
  s.w.spawn_background("work", work.run());
  const job_record j = s.ended(s.add());
  CHECK(j.state == job_state::done);
  s.w.run_for(10s);
  CHECK(lost == 4);
  CHECK(s.work.account().done == 1);
  CHECK(s.work.account().fenced == 0);
}

TEST_CASE("cancellation reaches another worker with its next heartbeat") {
  shop s;
  jobs other{s.w.rt(), s.store};
  other.define<resize>("resize",
                       [&](const resize&) -> task<> { co_await sleep_for(s.w.rt(), 10min); });
  s.w.spawn_background("other", other.run());
  const uuid id = s.add();
  s.w.run_for(2s);
  CHECK(s.w.block_on(s.work.cancel(id)).value().cancel_asked);
  s.w.run_for(5s);
  CHECK(s.state(id) == job_state::running);
  CHECK(s.ended(id).state == job_state::cancelled);
  CHECK(s.w.elapsed() < 13s);
}

TEST_CASE("a handler that answers a cancellation with a result is done; with an error, cancelled") {
  shop s;
  s.work.define<resize>("resize", [&](const resize& r) -> task<int> {
    try {
      co_await sleep_for(s.w.rt(), 10min);
    } catch (...) {
      if (r.width == 2) throw std::runtime_error{"could not clean up"};
    }
    co_return 7;
  });
  s.start();
  const uuid kind = s.add({"a", 1}), rude = s.add({"a", 2});
  s.w.run_for(1s);
  CHECK(s.w.block_on(s.work.cancel(kind)).has_value());
  CHECK(s.w.block_on(s.work.cancel(rude)).has_value());
  CHECK(s.ended(kind).state == job_state::done);
  CHECK(s.ended(rude).state == job_state::cancelled);
  CHECK(s.ended(rude).error == "could not clean up");
}

TEST_CASE("a result that is too long fails the job and says so") {
  job_limits small;
  small.result_bytes_max = 10;
  shop s{{}, small};
  s.work.define<resize>("resize", [](const resize&) { return std::string(20, 'x'); });
  s.start();
  const job_record j = s.ended(s.add());
  CHECK(j.state == job_state::failed);
  CHECK(j.error == "its result is longer than the store takes");
}

TEST_CASE("a job whose dead letter cannot be kept is held until it can") {
  sim::world letters_of;
  dead_letter_options none;
  none.letters_max = 1;
  dead_letters letters{letters_of.rt(), none};
  shop s{{.letters = &letters}};
  s.work.define<resize>("resize", [](const resize&) { throw std::logic_error{"no"}; });
  s.start();
  s.ended(s.add());
  const uuid second = s.add();
  s.w.run_for(10min);
  CHECK(s.state(second) == job_state::running);
  CHECK(s.w.block_on(letters.purge({})).value() == 1);
  s.w.run_for(6s);
  CHECK(s.state(second) == job_state::failed);
  CHECK(letters.size() == 1);
  CHECK(s.work.account().lost == 0);
}

TEST_CASE("a job whose lease had ended when the answer to the claim came is not begun") {
  sim::world w{1};
  memory_job_store store{w.rt()};
  int runs = 0;
  sim::host& slow = w.host("slow", [&](sim::host& h) {
    auto far = std::make_shared<far_store>(h.rt(), store);
    far->answers = 100ms;
    h.keep(far);
    auto work = std::make_shared<jobs>(h.rt(), *far);
    work->define<resize>("resize", [&](const resize&) { ++runs; });
    h.keep(work);
    h.spawn_background("worker", work->run());
  });
  jobs asks{w.rt(), store};
  (void)w.block_on(asks.enqueue("resize", resize{"a", 1}));
  w.run_until([&] { return store.account().begun == 1; });
  slow.pause(40s);
  w.run_for(39s);
  CHECK(w.block_on(store.expire()));
  CHECK(store.account().lost == 1);
  w.run_until([&] { return store.account().begun == 2; });
  CHECK(runs == 0);
  w.run_for(10s);
  CHECK(runs == 1);
  CHECK(store.account().done == 1);
  w.end();
}
