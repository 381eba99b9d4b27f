#include <ensue/flow/job_table.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct table {
  explicit table(job_limits o = {}) : t{o} {}

  new_job job(std::string name, int priority = 0) {
    new_job j;
    j.id.bytes[15] = static_cast<std::uint8_t>(++made);
    j.name = std::move(name);
    j.args = "{}";
    j.priority = priority;
    j.result_expires = 1h;
    return j;
  }
  uuid add(const new_job& j) { return t.enqueue(j, now).value().id; }
  uuid add(int priority = 0, duration delay = {}) {
    new_job j = job("a", priority);
    j.delay = delay;
    return add(j);
  }
  std::vector<job_record> claim(std::size_t most = 1) {
    job_claim c;
    c.names = {"a", "b"};
    c.worker = "w";
    c.lease = 10s;
    c.most = most;
    return t.claim(c, now).jobs;
  }
  job_lease lease() {
    const auto got = claim();
    return {got.at(0).id, got.at(0).token};
  }
  result<> finish(const job_lease& l, job_outcome::kind how) {
    job_outcome o;
    o.end = how;
    if (how == job_outcome::kind::done) o.result = "7";
    return t.finish(l, o, now);
  }
  job_state state(const uuid& id) { return t.find(id, now).value().state; }

  job_table t;
  wall_time now{1000h};
  int made = 0;
};

using kind = job_outcome::kind;

}  // namespace

TEST_CASE("higher priority first, equal ones in the order of enqueuing") {
  table t;
  const uuid a = t.add(), b = t.add(5), c = t.add(), d = t.add(5);
  std::vector<uuid> order;
  for (const job_record& j : t.claim(10)) order.push_back(j.id);
  CHECK(order == std::vector{b, d, a, c});
}

TEST_CASE("one step of priority is worth a minute of waiting: nothing starves") {
  table t;
  const uuid old = t.add(0);
  t.now += 4min + 59s;
  const uuid urgent = t.add(5);
  CHECK(t.claim().at(0).id == urgent);
  t.now += 2s;  // those of now are five minutes younger than the old one
  for (int n = 0; n < 100; ++n) t.add(5);
  CHECK(t.claim().at(0).id == old);
}

TEST_CASE("names are claimed by those who know them, in one order") {
  table t;
  const uuid other = t.add(t.job("c"));
  const uuid b = t.add(t.job("b", 1));
  const uuid a = t.add(t.job("a"));
  CHECK(t.claim().at(0).id == b);
  CHECK(t.claim().at(0).id == a);
  CHECK(t.claim().empty());
  CHECK(t.state(other) == job_state::queued);
}

TEST_CASE("a delayed job is scheduled until then, and a claim says when to look again") {
  table t;
  const uuid id = t.add(0, 5s);
  CHECK(t.state(id) == job_state::scheduled);
  job_claim c;
  c.names = {"a"};
  c.lease = 10s;
  claimed_jobs got = t.t.claim(c, t.now);
  CHECK(got.jobs.empty());
  CHECK(got.next == 5s);
  t.now += 5s;
  CHECK(t.state(id) == job_state::queued);
  got = t.t.claim(c, t.now);
  REQUIRE(got.jobs.size() == 1);
  CHECK(got.next == 10s);  // its lease may end
}

TEST_CASE("a unique key holds until the end of the first") {
  table t;
  new_job first = t.job("a");
  first.unique_key = "k";
  new_job second = t.job("a");
  second.unique_key = "k";
  const uuid id = t.add(first);
  auto again = t.t.enqueue(second, t.now).value();
  CHECK(again.id == id);
  CHECK(again.existed);
  const job_lease l = t.lease();
  CHECK(t.t.enqueue(second, t.now)->existed);
  new_job other_name = t.job("b");
  other_name.unique_key = "k";
  CHECK_FALSE(t.t.enqueue(other_name, t.now)->existed);
  CHECK(t.finish(l, kind::done));
  CHECK_FALSE(t.t.enqueue(second, t.now)->existed);
  CHECK(t.t.account().duplicates == 2);
}

TEST_CASE("the same id told twice is one job") {
  table t;
  const new_job j = t.job("a");
  t.add(j);
  const auto again = t.t.enqueue(j, t.now).value();
  CHECK(again.id == j.id);
  CHECK_FALSE(again.existed);
  CHECK(t.t.account().recorded == 1);
}

TEST_CASE("a lease that is extended is kept; one that is not is lost, and its token refused") {
  table t;
  const uuid id = t.add();
  const job_lease first = t.lease();
  t.now += 9s;
  CHECK(t.t.extend(first, 10s, {}, t.now).value() == job_wish::go_on);
  t.now += 9s;
  CHECK(t.claim().empty());
  CHECK(t.state(id) == job_state::running);
  t.now += 1s;  // ten seconds after it was extended
  CHECK(t.state(id) == job_state::queued);
  CHECK(t.t.extend(first, 10s, {}, t.now).error() == errc::refused);
  CHECK(t.finish(first, kind::done).error() == errc::refused);
  const job_lease second = t.lease();
  CHECK(second.token > first.token);
  CHECK(t.finish(first, kind::failed).error() == errc::refused);
  CHECK(t.state(id) == job_state::running);
  CHECK(t.finish(second, kind::done));
  CHECK(t.finish(first, kind::done).error() == errc::refused);
  CHECK(t.t.account().fenced == 4);
  CHECK(t.t.account().lost == 1);
}

TEST_CASE("an end told twice is taken once") {
  table t;
  t.add();
  const job_lease l = t.lease();
  CHECK(t.finish(l, kind::again));
  CHECK(t.finish(l, kind::again));
  CHECK(t.t.account().retried == 1);
  const job_lease next = t.lease();
  CHECK(t.finish(next, kind::done));
  CHECK(t.finish(next, kind::done));
  CHECK(t.finish(l, kind::done).error() == errc::refused);
  CHECK(t.t.account().done == 1);
}

TEST_CASE(
    "a failed attempt waits and is counted; the last one ends the job and keeps its arguments") {
  table t;
  const uuid id = t.add();
  job_outcome o;
  o.end = kind::again;
  o.wait = 3s;
  o.attempt.emplace();
  o.attempt->error = std::string(2000, 'x') + "\xff";
  CHECK(t.t.finish(t.lease(), o, t.now));
  CHECK(t.state(id) == job_state::scheduled);
  t.now += 3s;
  o.end = kind::failed;
  o.error = "no\xff stock";
  CHECK(t.t.finish(t.lease(), o, t.now));
  const job_record j = t.t.find(id, t.now).value();
  CHECK(j.state == job_state::failed);
  CHECK(j.failed == 2);
  REQUIRE(j.history.size() == 2);
  CHECK(j.history[0].error.size() == 512);
  CHECK(j.error == "no? stock");
  CHECK(j.args == "{}");
}

TEST_CASE("a released job is the next one again, and not counted as failed or lost") {
  table t;
  const uuid id = t.add();
  t.add();
  CHECK(t.finish(t.lease(), kind::released));
  const auto got = t.claim();
  CHECK(got.at(0).id == id);
  CHECK(got.at(0).failed + got.at(0).lost == 0);
}

TEST_CASE("what loses its workers again and again fails") {
  job_limits o;
  o.lost_max = 3;
  table t{o};
  const uuid id = t.add();
  for (int n = 0; n < 3; ++n) {
    CHECK(t.state(id) == job_state::queued);
    t.lease();
    t.now += 10s;
  }
  CHECK(t.state(id) == job_state::failed);
  CHECK(t.t.find(id, t.now)->error == "its worker was lost 3 times, the last one w");
}

TEST_CASE("cancelling: at once while it waits, asked for while it runs, by itself when lost") {
  table t;
  const uuid a = t.add(), b = t.add(), c = t.add();
  CHECK(t.t.cancel(c, t.now).value().state == job_state::cancelled);
  CHECK(t.t.cancel(c, t.now).error() == errc::closed);
  const job_lease la = t.lease(), lb = t.lease();
  CHECK(t.claim().empty());
  CHECK(t.t.cancel(a, t.now).value().state == job_state::running);
  CHECK(t.t.cancel(b, t.now).value().cancel_asked);
  CHECK(t.t.extend(la, 10s, {}, t.now).value() == job_wish::cancel);
  CHECK(t.finish(la, kind::again));  // no further attempt
  CHECK(t.state(a) == job_state::cancelled);
  t.now += 10s;
  CHECK(t.state(b) == job_state::cancelled);
  CHECK(t.finish(lb, kind::done).error() == errc::refused);
  CHECK(t.t.cancel(uuid{}, t.now).error() == errc::not_found);
  CHECK(t.t.account().cancelled == 3);
}

TEST_CASE("a job that was not begun in time expires; one that was does not") {
  table t;
  new_job j = t.job("a");
  j.begin_within = 2s;
  const uuid begun = t.add(j);
  CHECK(t.finish(t.lease(), kind::again));
  j = t.job("a", -1);
  j.begin_within = 2s;
  const uuid late = t.add(j);
  t.now += 2s;
  CHECK(t.state(begun) == job_state::queued);
  CHECK(t.state(late) == job_state::expired);
  CHECK(t.t.account().expired == 1);
  CHECK(t.claim(10).size() == 1);
}

TEST_CASE("a result is kept as long as asked, then only that there was one, then nothing") {
  table t;
  const uuid id = t.add();
  CHECK(t.finish(t.lease(), kind::done));
  t.now += 1h - 1s;
  CHECK(result_of<int>(*t.t.find(id, t.now)).value() == 7);
  t.now += 1s;
  const job_record j = t.t.find(id, t.now).value();
  CHECK(j.state == job_state::expired);
  CHECK_FALSE(j.result);
  CHECK(result_of<int>(j).error() == errc::not_found);
  t.now += 1h;
  CHECK(t.t.find(id, t.now).error() == errc::not_found);
  CHECK(t.t.account().done == 1);
  CHECK(t.t.account().balanced());
}

TEST_CASE("every bound is kept") {
  job_limits o;
  o.waiting_max = 3;
  o.results_max = 2;
  o.args_bytes_max = 10;
  o.result_bytes_max = 4;
  table t{o};
  new_job j = t.job("a");
  j.args = std::string(11, ' ');
  CHECK(t.t.enqueue(j, t.now).error() == errc::invalid);
  j.args = "\xff";
  CHECK(t.t.enqueue(j, t.now).error() == errc::invalid);
  CHECK(t.t.enqueue(t.job("a", 1001), t.now).error() == errc::invalid);
  CHECK(t.t.enqueue(t.job(""), t.now).error() == errc::invalid);
  std::vector<uuid> ids;
  for (int n = 0; n < 3; ++n) ids.push_back(t.add());
  t.claim();  // what runs counts too
  CHECK(t.t.enqueue(t.job("a"), t.now).error() == errc::full);
  CHECK(t.t.account().refused == 1);
  job_outcome big;
  big.result = "12345";
  const job_lease l = t.lease();
  CHECK(t.t.finish(l, big, t.now).error() == errc::invalid);
  CHECK(t.finish(l, kind::done));
  t.now += 10s;
  while (true) {
    const auto got = t.claim();
    if (got.empty()) break;
    t.now += 1ms;
    CHECK(t.finish({got[0].id, got[0].token}, kind::done));
  }
  CHECK(t.t.find(ids[1], t.now).error() == errc::not_found);  // the first that ended
  CHECK(t.t.account().results == 2);
  CHECK(t.t.account().forgotten == 1);
}

TEST_CASE("bytes are bounded over all jobs, and the account of them is exact") {
  job_limits o;
  o.bytes_max = 100;
  table t{o};
  new_job j = t.job("a");
  j.args = std::string(60, ' ');
  t.add(j);
  j = t.job("a");
  j.args = std::string(41, ' ');
  CHECK(t.t.enqueue(j, t.now).error() == errc::full);
  CHECK(t.t.account().bytes == 60);
  CHECK(t.finish(t.lease(), kind::done));
  CHECK(t.t.account().bytes == 1);  // the result
  t.now += 2h;
  t.t.expire(t.now);
  CHECK(t.t.account().bytes == 0);
}

TEST_CASE("a filter finds by name, state and key; in the order of enqueuing") {
  table t;
  const uuid a = t.add(), b = t.add(9);
  new_job keyed = t.job("b");
  keyed.unique_key = "k";
  const uuid c = t.add(keyed);
  t.claim();
  auto ids = [&](const job_filter& f) {
    std::vector<uuid> out;
    for (const job_record& j : t.t.list(f, t.now)) out.push_back(j.id);
    return out;
  };
  CHECK(ids({}) == std::vector{a, b, c});
  CHECK(ids({.name = "a"}) == std::vector{a, b});
  CHECK(ids({.state = job_state::running}) == std::vector{b});
  CHECK(ids({.unique_key = "k"}) == std::vector{c});
  CHECK(ids({.most = 2}) == std::vector{a, b});
}

TEST_CASE("the account balances and every index is right in any order of steps") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    job_limits o;
    o.waiting_max = 8;
    o.results_max = 4;
    o.lost_max = 3;
    table t{o};
    random_stream draw{seed, "steps"};
    std::vector<job_lease> leases{{}};
    std::vector<uuid> ids{{}};
    for (int n = 0; n < 200; ++n) {
      const job_lease l = leases[draw.below(leases.size())];
      switch (draw.below(7)) {
        case 0: {
          new_job j = t.job(draw.chance(500) ? "a" : "b", static_cast<int>(draw.below(3)));
          j.id.bytes[14] = static_cast<std::uint8_t>(n);
          j.delay = 1s * draw.below(5);
          if (draw.chance(300)) j.unique_key = "k";
          if (draw.chance(300)) j.begin_within = j.delay + 3s;
          j.result_expires = 1s * (1 + draw.below(60));
          if (const auto there = t.t.enqueue(j, t.now)) ids.push_back(there->id);
          break;
        }
        case 1:
          for (const job_record& j : t.claim(1 + draw.below(3))) leases.push_back({j.id, j.token});
          break;
        case 2: (void)t.t.extend(l, 10s, {}, t.now); break;
        case 3: (void)t.t.cancel(ids[draw.below(ids.size())], t.now); break;
        case 4: t.now += 1s * draw.below(8); break;
        default: (void)t.finish(l, static_cast<kind>(draw.below(5)));
      }
      const std::size_t listed = t.t.list({}, t.now).size();
      const job_account a = t.t.account();
      INFO("seed ", seed, " step ", n, ": ", a.text());
      REQUIRE(a.balanced());
      REQUIRE(a.results <= o.results_max);
      REQUIRE(a.waiting + a.running <= o.waiting_max);
      REQUIRE(a.waiting + a.running + a.results == listed);
    }
    t.now += 1000h;
    for (int n = 0; n < 8; ++n) {
      t.claim(100);
      t.now += 1000h;
      t.t.expire(t.now);
    }
    const job_account a = t.t.account();
    CHECK(a.waiting + a.running + a.results + a.bytes == 0);
  }
}

TEST_CASE("changes are told once, with the job as it is, or that it is gone") {
  table t;
  const uuid id = t.add();
  const job_lease l = t.lease();
  auto changes = t.t.take_changes();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].second->state == job_state::running);
  CHECK(t.t.extend(l, 20s, {}, t.now).has_value());
  CHECK(t.t.take_changes().empty());
  CHECK(t.finish(l, kind::done));
  t.t.take_changes();
  t.now += 3h;
  t.t.expire(t.now);
  changes = t.t.take_changes();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].first == id);
  CHECK_FALSE(changes[0].second);
}

TEST_CASE("what is restored goes on; a lease of an earlier life is lost") {
  table before;
  new_job keyed = before.job("a");
  keyed.unique_key = "k";
  const uuid ran = before.add(keyed), waits = before.add(), done = before.add(9);
  CHECK(before.finish(before.lease(), kind::done));
  const job_lease l = before.lease();
  CHECK(l.id == ran);
  table after;
  for (const auto& [id, j] : before.t.take_changes()) after.t.restore(*j);
  after.t.restored(after.now);
  CHECK(after.state(done) == job_state::done);
  CHECK(after.state(ran) == job_state::queued);
  CHECK(after.finish(l, kind::done).error() == errc::refused);
  CHECK(after.t.enqueue(keyed, after.now)->id == ran);
  CHECK(after.claim().at(0).id == ran);
  CHECK(after.claim().at(0).id == waits);
  CHECK(after.t.account().balanced());
  CHECK(after.t.account().recorded == 3);
  after.made = 50;
  const uuid fresh = after.add();
  CHECK(after.t.find(fresh, after.now)->number == 4);
}
