#include <ensue/flow/job_file.hpp>
#include <ensue/sim/disk.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<std::unique_ptr<job_file>> open(runtime& rt, disk& d) {
  auto opened = co_await job_file::open(rt, d, "s/shop.jobs");
  co_return std::move(opened).value();
}

new_job made(runtime& rt, std::string name = "a") {
  new_job j;
  j.id = rt.new_id();
  j.name = std::move(name);
  j.args = R"({"to":"é"})";
  j.unique_key = "k" + j.id.text();
  j.result_expires = 100h;
  return j;
}

job_claim asks(std::size_t most = 1) {
  job_claim c;
  c.names = {"a"};
  c.lease = 10s;
  c.most = most;
  return c;
}

job_lease lease_of(const result<claimed_jobs>& got) {
  const job_record& j = got.value().jobs.at(0);
  return {j.id, j.token};
}

job_outcome done(std::string text) {
  job_outcome o;
  o.result = std::move(text);
  return o;
}

}  // namespace

TEST_CASE("what was recorded is there after a loss of power; what ran is given to another") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto file = co_await open(rt, d);
    const new_job first = made(rt), second = made(rt), third = made(rt);
    (co_await file->enqueue(first)).value();
    (co_await file->enqueue(second)).value();
    (co_await file->enqueue(third)).value();
    const job_claim one = asks();
    const auto a = co_await file->claim(one);
    const job_outcome seven = done("7");
    (co_await file->finish(lease_of(a), seven)).value();
    const auto b = co_await file->claim(one);
    const job_lease lost = lease_of(b);
    (co_await file->cancel(third.id)).value();
    file.reset();
    d.lose_power();
    d.boot();
    file = co_await open(rt, d);
    CHECK((co_await file->find(first.id)).value().result == "7");
    const job_record ran = (co_await file->find(second.id)).value();
    CHECK(ran.state == job_state::queued);
    CHECK(ran.args == second.args);
    CHECK(ran.unique_key == second.unique_key);
    CHECK(ran.lost == 1);
    CHECK((co_await file->find(third.id)).value().state == job_state::cancelled);
    CHECK((co_await file->finish(lost, seven)).error() == errc::refused);
    const auto again = co_await file->claim(one);
    CHECK(lease_of(again).token > lost.token);
    CHECK(file->account().recorded == 3);
    CHECK(file->account().balanced());
  });
}

TEST_CASE("what was forgotten stays so, and the file does not grow with the jobs") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto file = co_await open(rt, d);
    const job_claim one = asks();
    const job_outcome seven = done("7");
    for (int n = 0; n < 1000; ++n) {
      new_job j = made(rt);
      j.result_expires = 1s;
      (co_await file->enqueue(j)).value();
      const auto got = co_await file->claim(one);
      (co_await file->finish(lease_of(got), seven)).value();
      co_await sleep_for(rt, 1s);
    }
    CHECK(file->file_bytes() < 400'000);
    co_await sleep_for(rt, 3s);
    (co_await file->expire()).value();
    file.reset();
    file = co_await open(rt, d);
    const job_filter any;
    CHECK((co_await file->list(any)).value().empty());
  });
}

TEST_CASE("a delay goes on over a restart") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto file = co_await open(rt, d);
    new_job j = made(rt);
    j.delay = 10s;
    (co_await file->enqueue(j)).value();
    co_await sleep_for(rt, 4s);
    file.reset();
    file = co_await open(rt, d);
    const job_claim one = asks();
    const auto early = co_await file->claim(one);
    CHECK(early.value().jobs.empty());
    CHECK(early.value().next <= 6s);
    CHECK(early.value().next > 5900ms);  // the disk takes its time
    co_await sleep_for(rt, 6s);
    CHECK((co_await file->claim(one)).value().jobs.size() == 1);
  });
}

TEST_CASE("after a write that failed every step says so, and nothing was acknowledged") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto file = co_await open(rt, d);
    const new_job safe = made(rt), unsafe = made(rt);
    (co_await file->enqueue(safe)).value();
    d.fail_call(1, make_error_code(boost::system::errc::no_space_on_device), true);
    CHECK((co_await file->enqueue(unsafe)).has_error());
    CHECK((co_await file->find(safe.id)).has_error());
    const job_claim one = asks();
    CHECK((co_await file->claim(one)).has_error());
    file.reset();
    d.lose_power();
    d.set_faults({});
    d.fail_call(0, {});
    d.boot();
    file = co_await open(rt, d);
    CHECK((co_await file->find(safe.id)).has_value());
    CHECK((co_await file->find(unsafe.id)).error() == errc::not_found);
  });
}

TEST_CASE("arguments and results as long as allowed have room in a record") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto file = co_await open(rt, d);
    new_job j = made(rt);
    j.args.assign(64 << 10, '"');  // each is two bytes in a JSON text
    (co_await file->enqueue(j)).value();
    const job_claim one = asks();
    const auto got = co_await file->claim(one);
    job_outcome o = done(std::string(64 << 10, '"'));
    (co_await file->finish(lease_of(got), o)).value();
    (co_await file->close()).value();
    file.reset();
    file = co_await open(rt, d);
    CHECK((co_await file->find(j.id)).value().result == o.result);
  });
}

TEST_CASE("a file with a record that is none is refused, with the place") {
  run([](runtime& rt) -> task<> {
    for (const char* record :
         {"{}", "no json", R"({"save":{"state":"done"}})", R"({"save":{"state":"running"}})",
          R"({"save":{"state":"odd"}})", R"({"remove":7})"}) {
      sim::disk d{1};
      journal_options o;
      o.kind = "jobs/1";
      const journal::replay none = [](std::string_view, std::uint64_t) { return result<>{}; };
      auto raw = co_await journal::open(rt, d, "s/shop.jobs", o, none);
      std::string bytes = record;
      (co_await raw.value()->append(std::move(bytes))).value();
      (co_await raw.value()->close()).value();
      raw.value().reset();
      const auto opened = co_await job_file::open(rt, d, "s/shop.jobs");
      REQUIRE(opened.has_error());
      CHECK(opened.error().text().find("s/shop.jobs") != std::string::npos);
    }
  });
}

TEST_CASE("a file of jobs cut anywhere: cut and said, or refused; nothing invented") {
  sim::disk d{1};
  run([&](runtime& rt) -> task<> {
    auto file = co_await open(rt, d);
    const job_claim one = asks();
    for (int n = 0; n < 2; ++n) {
      const new_job j = made(rt);
      (co_await file->enqueue(j)).value();
      (co_await file->claim(one)).value();
    }
    (co_await file->close()).value();
  });
  const std::string whole = d.content("s/shop.jobs");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    d.set_content("s/shop.jobs", whole.substr(0, n));
    run([&](runtime& rt) -> task<> {
      const auto opened = co_await job_file::open(rt, d, "s/shop.jobs");
      if (!opened) co_return;
      CHECK(opened.value()->account().balanced());
      CHECK(opened.value()->account().recorded <= 2);
      (co_await opened.value()->close()).value();
    });
  }
  for (std::size_t i = 0; i < whole.size() * 8; i += 9) {
    std::string bad = whole;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    d.set_content("s/shop.jobs", bad);
    run([&](runtime& rt) -> task<> {
      const auto opened = co_await job_file::open(rt, d, "s/shop.jobs");
      INFO("bit ", i % 8, " of byte ", i / 8);
      CHECK((opened.has_error() || !opened.value()->report().clean()));
      if (opened) (co_await opened.value()->close()).value();
    });
  }
}
