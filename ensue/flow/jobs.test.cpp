#include <ensue/flow/jobs.hpp>

#include <tests/jobs_fixture.hpp>

using namespace ensue;
using namespace ensue::job_cases;

namespace {

struct mail {
  static constexpr std::string_view job_name = "mail";
  std::string to;
};
BOOST_DESCRIBE_STRUCT(mail, (), (to))

// The fixture's, with a handler that takes a second.
void define_slow(shop& s) {
  s.work.define<resize>("resize", [&s](const resize& r) -> task<resized> {
    co_await sleep_for(s.w.rt(), 1s);
    co_return resized{r.file + "@" + std::to_string(r.width)};
  });
}

}  // namespace

TEST_CASE("a job is enqueued, begun, done, and its result is read") {
  shop s;
  define_slow(s);
  const uuid id = s.add({"a.png", 400});
  CHECK(s.state(id) == job_state::queued);
  s.start();
  s.w.run_for(500ms);
  CHECK(s.state(id) == job_state::running);
  const job_record j = s.ended(id);
  CHECK(j.state == job_state::done);
  CHECK(result_of<resized>(j).value().url == "a.png@400");
  CHECK(s.w.elapsed() < 1100ms);  // who waits is told, and does not poll
  CHECK(s.work.running() == 0);
}

TEST_CASE("handlers of every shape") {
  shop s;
  std::string seen;
  s.work.define<resize>("plain", [&](const resize& r) { seen += r.file; });
  s.work.define<resize>("value", [](const resize& r) { return r.width + 1; });
  s.work.define<mail>([&](const mail& m, job_context& c) -> task<> {
    seen += m.to + std::string{c.name()} + std::to_string(c.attempt());
    co_return;
  });
  s.start();
  const resize r{"f", 6};
  const uuid plain = s.w.block_on(s.work.enqueue("plain", r)).value().id;
  CHECK_FALSE(s.ended(plain).result);
  const uuid value = s.w.block_on(s.work.enqueue("value", r)).value().id;
  CHECK(result_of<int>(s.ended(value)).value() == 7);
  const uuid typed = s.w.block_on(s.work.enqueue(mail{"me"})).value().id;
  CHECK(s.ended(typed).state == job_state::done);
  CHECK(seen == "fmemail1");
}

TEST_CASE("a delay and a time are kept to the nanosecond, never early") {
  shop s;
  std::vector<duration> begun;
  s.work.define<resize>("resize", [&](const resize&) { begun.push_back(s.w.elapsed()); });
  s.start();
  s.w.run_for(10ms);
  const duration now = s.w.elapsed();
  const uuid a = s.add({.delay = 1500ms});
  const uuid b = s.add({.at = s.w.rt().wall_now() + 700ms});
  CHECK(s.state(a) == job_state::scheduled);
  s.w.run_for(1h);
  REQUIRE(begun.size() == 2);
  CHECK(begun[0] == now + 700ms);
  CHECK(begun[1] == now + 1500ms);
  CHECK(s.state(b) == job_state::done);
}

TEST_CASE("a unique key gives the first one's id while that is queued or running") {
  shop s;
  define_slow(s);
  s.start();
  enqueue_options keyed;
  keyed.unique_key = "k";
  const uuid first = s.add(keyed);
  s.w.run_for(100ms);
  const auto second = s.w.block_on(s.work.enqueue("resize", resize{"b", 2}, keyed)).value();
  CHECK(second.id == first);
  CHECK(second.existed);
  s.ended(first);
  CHECK(s.add(keyed) != first);
}

TEST_CASE("arguments of another type, or none, and contradictions are refused at once") {
  shop s;
  define_slow(s);
  CHECK(s.w.block_on(s.work.enqueue("resize", mail{"x"})).error() == errc::invalid);
  CHECK(s.w.block_on(s.work.enqueue("other", mail{"\xff"})).error() == errc::invalid);
  CHECK(s.w.block_on(s.work.enqueue_json("resize", "{")).error() == errc::invalid);
  CHECK(s.w.block_on(s.work.enqueue("resize", resize{}, {.delay = -1s})).error() == errc::invalid);
  CHECK(s.work.account().recorded == 0);
  CHECK(s.w.block_on(s.work.enqueue_json("resize", R"({"file":"x","width":1})")).has_value());
}

TEST_CASE("wait ends with the job, or with its time, or when nobody knows it") {
  shop s;
  define_slow(s);
  s.start();
  const uuid id = s.add();
  CHECK(s.w.block_on(s.work.wait(id, 300ms)).error() == errc::timed_out);
  CHECK(s.w.elapsed() == 300ms);
  CHECK(s.ended(id).state == job_state::done);
  CHECK(s.w.block_on(s.work.wait(uuid{}, 1s)).error() == errc::not_found);
}

TEST_CASE("wait sees what another worker does, a poll later at the latest") {
  shop s;
  jobs other{s.w.rt(), s.store};
  other.define<resize>("resize", [](const resize& r) { return r.width; });
  s.w.spawn_background("other", other.run());
  s.w.run_for(100ms);
  const uuid id = s.add();
  CHECK(s.ended(id).state == job_state::done);
  CHECK(s.w.elapsed() <= 2200ms);
}

TEST_CASE("progress is seen by id, here at once") {
  shop s;
  s.work.define<resize>("resize", [](const resize&, job_context& c) -> task<> {
    c.progress(0.4, "scaling");
    co_await sleep_for(c.rt(), 1s);
    c.progress(7);
    co_await sleep_for(c.rt(), 1s);
  });
  s.start();
  const uuid id = s.add();
  s.w.run_for(500ms);
  CHECK(s.see(id).progress == 0.4);
  CHECK(s.see(id).progress_text == "scaling");
  CHECK(s.w.block_on(s.work.list())->at(0).progress == 0.4);
  s.w.run_for(1s);
  CHECK(s.see(id).progress == 1);
  CHECK(s.w.block_on(s.store.find(id))->progress == 0);  // no heartbeat yet
  s.w.run_for(1s);
  CHECK(s.see(id).progress == 1);
}

TEST_CASE("a job that waits is cancelled at once; a running one cleans up first") {
  shop s{{.workers = 1}};
  bool cleaned = false;
  s.work.define<resize>("resize", [&](const resize&) -> task<> {
    struct on_exit {
      bool& flag;
      ~on_exit() { flag = true; }
    } const clean{cleaned};
    co_await sleep_for(s.w.rt(), 1h);
  });
  s.start();
  const uuid runs = s.add(), waits = s.add();
  s.w.run_for(1s);
  CHECK(s.w.block_on(s.work.cancel(waits)).value().state == job_state::cancelled);
  CHECK(s.w.block_on(s.work.cancel(runs)).value().state == job_state::running);
  const job_record j = s.ended(runs);
  CHECK(j.state == job_state::cancelled);
  CHECK(j.error == "it was cancelled while it ran");
  CHECK(cleaned);
  CHECK(s.w.elapsed() < 2s);
  CHECK(s.w.block_on(s.work.cancel(runs)).error() == errc::closed);
}

TEST_CASE("the text of each contradiction names the job") {
  shop s;
  const job_policy bad{.timeout = 0s};
  try {
    s.work.define<resize>("resize", [](const resize&) {}, bad);
    FAIL("not refused");
  } catch (const system_error& e) {
    CHECK(e.code() == errc::invalid);
    CHECK(std::string{e.what()}.find("job resize: timeout is 0 s") == 0);
  }
  CHECK_THROWS_AS((jobs{s.w.rt(), s.store, {.lease = 1s}}), system_error);
}

TEST_CASE("what failed for good is a dead letter, and is enqueued again from there") {
  sim::world dummy;
  shop* at = nullptr;
  dead_letters letters{dummy.rt()};
  shop s{{.letters = &letters}};
  at = &s;
  int runs = 0;
  s.work.define<resize>("resize",
                        [&](const resize& r) {
                          if (++runs <= 2) throw std::runtime_error{"no disk"};
                          return r.width;
                        },
                        {.retry = {.attempts = 2, .base = 10ms}});
  s.start();
  const job_record j = s.ended(s.add());
  CHECK(j.state == job_state::failed);
  CHECK(j.error == "no disk");
  REQUIRE(letters.size() == 1);
  const auto letter = letters.list().front();
  CHECK(letter->event == "resize");
  CHECK(letter->subscription == "job resize");
  CHECK(letter->attempts.size() == 2);
  CHECK(letter->payload == j.args);
  CHECK(s.w.block_on(s.work.redrive(letters, {})).value().redriven == 1);
  CHECK(letters.size() == 0);
  s.w.run_for(1s);
  CHECK(at->work.account().done == 1);
}
