// The account and the order of a group under random comings and goings.
#include <ensue/async/sleep.hpp>
#include <ensue/flow/service_group.hpp>
#include <ensue/sim/explore.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct job_given {
  int key = 0;
  int number = 0;
};

struct watch {
  sim::world& w;
  std::map<int, int> next{}, done{};
  std::set<int> busy{};
  std::map<std::string, int> at_work{};
  std::set<std::string> gone{};
  bool one_at_a_time = false;
};

// Its clean-up takes a moment, as that of a real handler: it is at work until then.
task<> work_on(watch& seen, random_stream& draw, std::string me, const job_given& e) {
  sim::world& w = seen.w;
  w.require(!seen.gone.contains(me), "an event went to an instance that had left");
  w.require(seen.busy.insert(e.key).second, "two events of one key at work");
  w.require(e.number == seen.next[e.key], "an event overtook another of its key");
  if (seen.one_at_a_time)
    for (const auto& [other, n] : seen.at_work)
      w.require(n == 0 || other == me, "two instances of a singleton at work");
  w.require(++seen.at_work[me] <= 2, "an instance has more than it can take");
  struct leaving {
    watch& seen;
    const std::string& me;
    int key;
    ~leaving() { --seen.at_work[me], seen.busy.erase(key); }
  } const at_the_end{seen, me, e.key};
  const int key = e.key;
  co_await sleep_for(w.rt(), std::chrono::microseconds{draw.below(3000)});
  ++seen.next[key];
  ++seen.done[key];
}

struct coming_and_going {
  service_group<job_given>& group;
  watch& seen;
  random_stream& draw;
  int names = 0;
  std::vector<service_member> members{};

  void join() {
    const std::string me = "i" + std::to_string(++names);
    auto& s = seen;
    auto& d = draw;
    auto joined =
        group.join(me, [&s, &d, me](const job_given& e) -> task<> { return work_on(s, d, me, e); });
    members.push_back(std::move(*joined));
  }
  void leave() {
    service_member& m = members[draw.below(members.size())];
    const bool crash = draw.chance(500);
    seen.gone.insert(m.name());
    crash ? m.fail() : m.leave();
    const instance_counts c = m.counts();
    seen.w.require(c.begun == c.handled + c.failed + c.moved + c.stopped + c.running,
                   "an instance's account");
    std::swap(m, members.back());
    members.pop_back();
  }
};

task<> churn(coming_and_going& all) {
  for (int i = 0; i < 40; ++i) {
    co_await sleep_for(all.seen.w.rt(), std::chrono::microseconds{all.draw.below(4000)});
    all.members.empty() || all.draw.chance(500) ? all.join() : all.leave();
  }
  all.join();
}

task<> produce(bus& b, int keys, int each) {
  for (int n = 0; n < each; ++n)
    for (int k = 0; k < keys; ++k) co_await b.post<job_given>(k, n);
}

void come_and_go(sim::world& w, delivery_mode mode) {
  random_stream draw = w.random("churn");
  watch seen{w};
  seen.one_at_a_time = mode == delivery_mode::singleton;
  bus b{w.rt()};
  service_options<job_given> o{.service = "pay", .mode = mode};
  o.each.concurrency = 2;
  o.each.key = &job_given::key;
  o.each.capacity = 4;
  service_group<job_given> group{b, std::move(o)};
  coming_and_going all{group, seen, draw};
  w.spawn("churn", churn(all));
  w.spawn("produce", produce(b, 5, 6));
  w.run();
  for (int key = 0; key < 5; ++key)
    w.require(seen.done[key] == 6, "an event was lost, or handled twice");
  const ledger l = group.counts();
  w.require(l.accepted == 30 && l.handled == 30 && l.balanced(), "the ledger: " + l.text());
}

}  // namespace

TEST_CASE("a pool loses nothing, keeps order within keys, whoever comes and goes") {
  const auto found =
      sim::for_each_seed(500, [](sim::world& w) { come_and_go(w, delivery_mode::pool); });
  CHECK(found.distinct > 400);
}

TEST_CASE("a singleton loses nothing, and no two are at work, whoever comes and goes") {
  const auto found =
      sim::for_each_seed(500, [](sim::world& w) { come_and_go(w, delivery_mode::singleton); });
  CHECK(found.distinct > 400);
}
