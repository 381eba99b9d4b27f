// S-14: three services compete for a lease; its holder adds to a row, one at a time, in a database
// behind a fence. They are paused, killed, cut off, their calendars jump; the lease store and the
// database crash. Tokens grow, no two believe they hold it, and no holder overwrites another.
#include "scenarios.hpp"
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/reliability/fence.hpp>
#include <ensue/reliability/lease.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ensue::scenarios {
namespace {

using namespace std::chrono_literals;
using testing::service;

struct row {
  fence before{};
  std::uint64_t value = 0;              // what the holders count up
  std::uint64_t writes = 0;             // that were done
  std::uint64_t token = 0, number = 0;  // of the latest: a copy of it is not done again
  std::map<std::uint64_t, std::string> writers{};
};

struct contender;

struct shared {
  simulation& w;
  testing::durable<lease_table>& leases;
  testing::durable<row>& table;
  std::map<std::string, contender*> living{};
  std::uint64_t last_granted = 0;
  std::string wrong{};

  void says(bool fine, std::string what) {
    if (!fine && wrong.empty()) wrong = std::move(what);
  }
};

template <class R>
struct answer {
  work_list waiting{};
  std::optional<result<R>> came{};
};

/// Has `decide` done on the other host, and waits for what it says. Both ways may fail.
template <class R>
task<result<R>> ask(simulation& w, sim::host& from, std::string_view whom,
                    std::function<result<R>()> decide) {
  sim::host& to = w.host(whom);
  runtime& rt = from.rt();
  const auto mine = std::make_shared<answer<R>>();
  const auto reply = [&w, &from, &to, mine, f = std::move(decide)] {
    const auto arrive = [mine, said = f()] {
      if (!mine->came) mine->came.emplace(said);
      wake_all(mine->waiting);
    };
    w.net().send(to, from, arrive);
  };
  if (!w.net().send(from, to, reply)) {
    co_await yield(rt);
    co_return errc::unavailable;
  }
  const time_point until = saturating_add(rt.now(), 300ms);
  if (!mine->came &&
      co_await timed_wait(mine->waiting, rt, "an answer", until) == wait_status::cancelled)
    throw_cancelled();
  if (!mine->came) co_return errc::outcome_unknown;
  co_return *mine->came;
}

/// The lease store as its clients see it.
class remote_leases final : public lease_store {
 public:
  remote_leases(shared& s, sim::host& me) : s_{s}, me_{me} {}

  task<result<lease_grant>> acquire(std::string name, std::string owner, duration ttl) override {
    const auto decide = [&s = s_, name, owner, ttl]() -> result<lease_grant> {
      const time_point now = s.w.world().now();
      const auto got =
          s.leases.change([&](lease_table& t) { return t.acquire(name, owner, ttl, now); });
      if (!got) return got;
      s.says(got->token > s.last_granted, "a token did not grow");
      s.last_granted = got->token;
      return got;
    };
    if (s_.w.planted("from_answer")) return counts_from_answer(*this, decide);
    return ask<lease_grant>(s_.w, me_, "locks", decide);
  }
  task<result<>> renew(std::string name, std::uint64_t token, duration ttl) override {
    const auto decide = [&s = s_, name, token, ttl]() -> result<> {
      const time_point now = s.w.world().now();
      const auto done =
          s.leases.change([&](lease_table& t) { return t.renew(name, token, ttl, now); });
      if (s.w.planted("renews_lost")) return {};
      return done;
    };
    return ask<void>(s_.w, me_, "locks", decide);
  }
  task<result<>> release(std::string name, std::uint64_t token) override {
    const auto decide = [&s = s_, name, token]() -> result<> {
      const time_point now = s.w.world().now();
      return s.leases.change([&](lease_table& t) { return t.release(name, token, now); });
    };
    return ask<void>(s_.w, me_, "locks", decide);
  }

 private:
  // As a client does that begins to count when it hears the answer.
  static task<result<lease_grant>> counts_from_answer(remote_leases& r,
                                                      std::function<result<lease_grant>()> f) {
    runtime& rt = r.me_.rt();
    const time_point asked = rt.now();
    result<lease_grant> got = co_await ask<lease_grant>(r.s_.w, r.me_, "locks", std::move(f));
    if (got) got->ttl += rt.now() - asked;
    co_return got;
  }

  shared& s_;
  sim::host& me_;
};

struct contender {
  contender(shared& all, service& on)
      : s{all},
        host{on.host()},
        rt{on.rt()},
        draw{rt.random("work")},
        store{all, on.host()},
        leader{rt, store, {.name = "row", .owner = host.name(), .ttl = 1s}} {
    s.living[host.name()] = this;
  }
  contender(const contender&) = delete;
  contender& operator=(const contender&) = delete;
  ~contender() { s.living.erase(host.name()); }

  bool believes() const {
    if (s.w.planted("calendar")) return rt.wall_now() < by_calendar;
    return leader.held();
  }
  void look_at_calendar() {
    if (leader.held()) by_calendar = rt.wall_now() + (leader.until() - rt.now());
  }
  duration a_while(std::uint64_t milliseconds) {
    return std::chrono::microseconds{draw.below(milliseconds * 1000)};
  }

  shared& s;
  sim::host& host;
  runtime& rt;
  random_stream draw;
  remote_leases store;
  lease leader;
  wall_time by_calendar{};
};

task<result<std::uint64_t>> read(contender& c, std::uint64_t token) {
  const auto decide = [&s = c.s, token]() -> result<std::uint64_t> {
    if (s.w.planted("unfenced_read")) return s.table->value;
    const auto passed = s.table.change([&](row& r) { return r.before.pass(token); });
    if (!passed) return passed.error();
    return s.table->value;
  };
  return ask<std::uint64_t>(c.s.w, c.host, "table", decide);
}

task<result<>> write(contender& c, std::uint64_t token, std::uint64_t number, std::uint64_t value) {
  const auto store = [&s = c.s, token, number, value, me = c.host.name()](row& r) -> result<> {
    const auto passed = r.before.pass(token);
    if (!passed && !s.w.planted("no_fence")) return passed;
    if (r.token == token && number <= r.number) return {};
    r.token = token;
    r.number = number;
    r.value = value;
    ++r.writes;
    s.says(r.writers.emplace(token, me).first->second == me, "two wrote with one token");
    s.says(r.value == r.writes, "a holder has overwritten another");
    return {};
  };
  const auto decide = [&s = c.s, store]() -> result<> { return s.table.change(store); };
  return ask<void>(c.s.w, c.host, "table", decide);
}

// Reads once, then counts up. Looks whether it still is the one before each step; what happens
// between the look and the write is the fence's.
task<> lead(contender& c, std::uint64_t token) {
  const result<std::uint64_t> found = co_await read(c, token);
  if (!found) co_return;
  std::uint64_t value = *found, number = 1;
  for (;;) {
    co_await sleep_for(c.rt, c.a_while(200), "work");
    c.look_at_calendar();
    if (!c.believes() || c.leader.token() != token) co_return;
    co_await sleep_for(c.rt, c.a_while(40), "between the look and the write");
    const result<> written = co_await write(c, token, number, value + 1);
    if (written) {
      ++value;
      ++number;
    } else if (written.error() == errc::refused) {
      co_return;
    }
  }
}

task<> compete(contender& c) {
  for (;;) {
    const std::uint64_t token = co_await c.leader.wait_held();
    co_await lead(c, token);
    co_await sleep_for(c.rt, c.a_while(50), "after a term");
  }
}

std::string believers(const shared& s) {
  std::string all;
  int n = 0;
  for (const auto& [name, c] : s.living)
    if (c->believes()) all += ' ' + name, ++n;
  return n > 1 ? "these believe that they hold it:" + all : "";
}

}  // namespace

void s14_leader(simulation& w) {
  shared s{w, w.durable<lease_table>(), w.durable<row>()};
  w.host("locks", [&](service&) {
    if (w.planted("forgets")) s.leases.change([](lease_table& t) { t = lease_table{}; });
  });
  w.host("table");
  std::vector<std::string> names{"a", "b"};
  if (w.size("contenders", 2, 3) == 3) names.emplace_back("c");
  for (const std::string& name : names)
    w.host(name, [&](service& on) {
      contender& c = on.make<contender>(s, on);
      on.spawn("lease", c.leader.run());
      on.spawn("work", compete(c));
    });
  w.chaos({.drop = 0.1,
           .duplicate = 0.05,
           .reorder = 0.2,
           .delay = {200us, 100ms},
           .crash = {"a", "b", "locks", "table"},
           .pause = names,
           .partition = {"a"},
           .clock = names,
           .down_max = 3s,
           .during = 6s});
  w.always("one holder, one writer, nothing overwritten", [&] { return s.wrong; });
  w.always("no two believe", [&] { return believers(s); });
  std::optional<std::uint64_t> healed;
  w.eventually("the work goes on", 1min, [&] {
    if (!healed) healed = s.table->writes;
    return s.table->writes >= *healed + 3;
  });
  w.run();
}

}  // namespace ensue::scenarios
