#include <ensue/async/sleep.hpp>
#include <ensue/reliability/fence.hpp>
#include <ensue/reliability/lease.hpp>

#include <map>
#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

/// A store that takes its time, and may lose what it knows.
class slow_store final : public lease_store {
 public:
  explicit slow_store(runtime& rt) : rt_{rt}, inner{rt} {}
  task<result<lease_grant>> acquire(std::string name, std::string owner, duration ttl) override {
    co_await sleep_for(rt_, before);
    const result<lease_grant> got = co_await inner.acquire(name, owner, ttl);
    co_await sleep_for(rt_, after);
    co_return got;
  }
  task<result<>> renew(std::string name, std::uint64_t token, duration ttl) override {
    ++renewals;
    co_await sleep_for(rt_, before);
    if (error) co_return error;
    const result<> done = co_await inner.renew(name, token, ttl);
    if (stuck) co_await wait_through(*stuck, rt_, "an answer that cannot be given up");
    co_return done;
  }
  task<result<>> release(std::string name, std::uint64_t token) override {
    co_await sleep_for(rt_, before);
    co_return co_await inner.release(name, token);
  }

 private:
  runtime& rt_;

 public:
  memory_lease_store inner;
  duration before{}, after{};
  error_code error{};
  work_list* stuck = nullptr;
  int renewals = 0;
};

lease_options mail(const char* owner) { return {.name = "mail", .owner = owner, .ttl = 9s}; }

}  // namespace

TEST_CASE("a lease is kept as long as its holder lives, and handed on when it ends") {
  run([](runtime& rt) -> task<> {
    memory_lease_store store{rt};
    lease a{rt, store, mail("a")}, b{rt, store, mail("b")};
    std::vector<std::string> story;
    a.on_change([&](const lease_change& c) {
      story.push_back((c.held ? "+" : "-") + std::to_string(c.token));
    });
    scope s{rt};
    const auto first = s.spawn("a", a.run());
    const std::uint64_t token = co_await a.wait_held();
    s.spawn("b", b.run());
    co_await sleep_for(rt, 1h);
    CHECK(a.held());
    CHECK(a.terms() == 1);
    CHECK_FALSE(b.held());
    first.cancel();
    co_await a.wait_lost(token);
    const time_point gone = rt.now();
    const std::uint64_t next = co_await b.wait_held();
    CHECK(next > token);
    CHECK(rt.now() - gone <= 4500ms);  // it need not wait for the end: the store was told
    CHECK(story == std::vector<std::string>{"+1", "-1"});
    s.cancel();
    co_await settle(s);
    CHECK(store.table().size() == 0);
  });
}

TEST_CASE("when the holder is killed another takes over, not before the lease has run out") {
  sim::world w;
  memory_lease_store store{w.rt()};
  std::map<std::string, std::shared_ptr<lease>> all;
  for (const char* name : {"a", "b"})
    w.host(name, [&, name](sim::host& h) {
      all[name] = std::make_shared<lease>(h.rt(), store, mail(name));
      h.spawn_background("lease", all[name]->run());
    });
  w.run_for(20s);
  const std::string holder = all["a"]->held() ? "a" : "b", other = holder == "a" ? "b" : "a";
  REQUIRE(all[holder]->held());
  const std::uint64_t token = all[holder]->token();
  const time_point end = store.table().holder("mail", w.now())->until;
  w.host(holder).crash();
  REQUIRE(w.run_until([&] { return all[other]->held(); }, 1min));
  CHECK(w.now() >= end);
  CHECK(w.now() <= end + 4500ms);
  CHECK(all[other]->token() > token);
  w.end();
}

TEST_CASE("a paused holder finds out that it lost the lease, and its late write is refused") {
  sim::world w;
  memory_lease_store store{w.rt()};
  fence at_the_table;
  std::vector<std::string> written;
  std::map<std::string, std::shared_ptr<lease>> all;
  const auto write = [&](const char* who) -> task<> {
    lease& l = *all[who];
    const std::uint64_t token = co_await l.wait_held();
    co_await sleep_for(l.options().owner == "a" ? w.host("a").rt() : w.host("b").rt(), 1s);
    if (at_the_table.pass(token)) written.emplace_back(who);
  };
  const auto boot = [&](const char* who) {
    w.host(who, [&, who](sim::host& h) {
      all[who] = std::make_shared<lease>(h.rt(), store, mail(who));
      h.spawn_background("lease", all[who]->run());
      h.spawn_background("write", write(who));
    });
  };
  boot("a");
  REQUIRE(w.run_until([&] { return all["a"]->held(); }));
  w.host("a").pause(1min);  // between its look at the lease and its write
  boot("b");
  REQUIRE(w.run_until([&] { return all["b"]->held(); }));
  CHECK_FALSE(all["a"]->held());  // by the clock: it has not run a step since
  w.run_for(2min);
  CHECK(written == std::vector<std::string>{"b"});
  CHECK(all["a"]->terms() == 1);
  w.end();
}

TEST_CASE("the term ends at once when the store says so, and in time when it says nothing") {
  run([](runtime& rt) -> task<> {
    slow_store store{rt};
    lease l{rt, store, mail("a")};
    scope s{rt};
    s.spawn("a", l.run());
    std::uint64_t token = co_await l.wait_held();
    const time_point began = rt.now();
    store.error = errc::refused;
    co_await l.wait_lost(token);
    CHECK(rt.now() - began == 3s);  // its first renewal
    store.error = {};
    token = co_await l.wait_held();
    CHECK(token == 2);
    co_await sleep_for(rt, 4s);
    CHECK(store.renewals == 2);
    store.before = 1h;
    co_await sleep_for(rt, 7999ms);
    CHECK(l.held());
    co_await sleep_for(rt, 1ms);
    CHECK_FALSE(l.held());
    CHECK(rt.now() == l.until());
    s.cancel();
    co_await settle(s);
  });
}

TEST_CASE("an error that tells nothing is tried again until the lease runs out") {
  run([](runtime& rt) -> task<> {
    slow_store store{rt};
    lease l{rt, store, mail("a")};
    scope s{rt};
    s.spawn("a", l.run());
    co_await l.wait_held();
    store.error = errc::outcome_unknown;
    co_await sleep_for(rt, 4s);
    CHECK(l.held());
    store.error = {};
    co_await sleep_for(rt, 1h);
    CHECK(l.terms() == 1);
    s.cancel();
    co_await settle(s);
  });
}

TEST_CASE("the holder counts from before it asked") {
  run([](runtime& rt) -> task<> {
    slow_store store{rt};
    store.after = 2s;
    lease l{rt, store, mail("a")};
    scope s{rt};
    const time_point asked = rt.now();
    s.spawn("a", l.run());
    co_await l.wait_held();
    CHECK(rt.now() - asked == 2s);
    CHECK(l.until() == asked + 9s);
    store.after = 0s;
    const auto twice = co_await outcome(l.run());
    CHECK(twice == "already exists");
    CHECK(l.held());
    s.cancel();
    co_await settle(s);
  });
}

TEST_CASE("an answer that comes after its lease has run out is none") {
  run([](runtime& rt) -> task<> {
    slow_store store{rt};
    store.before = 5s;
    store.after = 5s;
    lease l{rt, store, mail("a")};
    scope s{rt};
    s.spawn("a", l.run());
    co_await sleep_for(rt, 1min);
    CHECK(l.terms() == 0);
    store.before = store.after = 0s;
    co_await l.wait_held();
    s.cancel();
    co_await settle(s);
  });
}

TEST_CASE("a term that is over stays over, although its renewal is answered in the end") {
  run([](runtime& rt) -> task<> {
    slow_store store{rt};
    work_list late;
    lease l{rt, store, mail("a")};
    scope s{rt};
    s.spawn("a", l.run());
    co_await l.wait_held();
    store.stuck = &late;
    co_await sleep_for(rt, 10s);  // renewed at the store at 3 s, over here at 9 s
    CHECK_FALSE(l.held());
    store.stuck = nullptr;
    wake_all(late);
    co_await l.wait_held();
    CHECK(l.token() == 2);
    s.cancel();
    co_await settle(s);
  });
}

TEST_CASE("a term does not come back when a paused holder finds an answer that came in time") {
  sim::world w;
  sim::host& h = w.host("a");
  slow_store store{h.rt()};
  work_list late;
  lease l{h.rt(), store, mail("a")};
  h.spawn_background("lease", l.run());
  REQUIRE(w.run_until([&] { return l.held(); }));
  store.stuck = &late;
  w.run_for(4s);  // renewed at the store at 3 s
  h.pause(6500ms);
  w.run_for(4s);
  store.stuck = nullptr;
  wake_all(late);  // answered at 8 s, found at 10.5 s, when the term was over
  w.run_for(3s);
  CHECK_FALSE((l.held() && l.token() == 1));  // by the answer alone it would last until 12 s
  w.end();
}

TEST_CASE("wrong options are refused in a sentence") {
  CHECK_FALSE(lease_options{.name = "x"}.wrong());
  CHECK(lease_options{}.wrong()->starts_with("lease.name is empty"));
  CHECK(*lease_options{.name = "x", .ttl = 1s, .renew_every = 2s}.wrong() ==
        "lease.renew_every is 2 s and ttl is 1 s; it would run out before it is renewed");
  CHECK(lease_options{.name = "x", .ttl = 0s}.wrong()->starts_with("lease.ttl is 0"));
}
