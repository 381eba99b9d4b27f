#include <ensue/async/sleep.hpp>
#include <ensue/flow/service_group.hpp>
#include <ensue/reliability/fence.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int id = 0;
  std::string customer{};
};
struct receipt {
  int id = 0;
};

using handled = std::map<std::string, std::vector<int>>;

struct shop {
  sim::world w;
  bus b{w.rt()};
  handled by;

  service_options<order> options(delivery_mode mode) { return {.service = "pay", .mode = mode}; }
  /// A handler that takes `work` for each event.
  auto instance(const std::string& name, duration work = 10ms) {
    return [this, name, work](const order& o) -> task<> { return handle(*this, name, work, o); };
  }
  static task<> handle(shop& s, std::string name, duration work, const order& o) {
    const int id = o.id;
    co_await sleep_for(s.w.rt(), work);
    s.by[name].push_back(id);
  }
  void post(int from, int to) {
    for (int id = from; id <= to; ++id) REQUIRE_FALSE(b.try_post<order>(id));
  }
  std::string whole() const { return b.total().text(); }
};

using mode = delivery_mode;

}  // namespace

TEST_CASE("pool: each event goes to one instance, the work is shared") {
  shop s;
  service_group<order> pay{s.b, s.options(mode::pool)};
  const auto a = pay.join("a", s.instance("a")).value();
  const auto b = pay.join("b", s.instance("b")).value();
  const auto slow = pay.join("slow", s.instance("slow", 1s)).value();
  s.post(1, 9);
  s.w.run_for(900ms);
  CHECK(s.by["a"].size() == 4);
  CHECK(s.by["b"].size() == 4);
  CHECK(pay.counts().running == 1);
  s.w.run();
  CHECK(s.by["slow"].size() == 1);
  CHECK(s.whole() == "accepted 9 = handled 9");
  CHECK(a.counts().handled == 4);
  CHECK(pay.instances() == std::vector<std::string>{"a", "b", "slow"});
}

TEST_CASE("pool: an event waits in the queue until an instance is free, the bound holds") {
  shop s;
  auto o = s.options(mode::pool);
  o.each.capacity = 2;
  o.each.on_full = overflow::reject;
  service_group<order> pay{s.b, std::move(o)};
  s.post(1, 2);  // nobody is there yet
  CHECK(s.b.try_post<order>(3) == errc::full);
  s.w.run();
  CHECK(pay.counts().queued == 2);
  const auto a = pay.join("a", s.instance("a")).value();
  s.w.run_for(1ms);
  CHECK(pay.counts().running == 1);
  CHECK(pay.counts().queued == 1);
  s.w.run();
  CHECK(s.by["a"] == std::vector{1, 2});
}

TEST_CASE("pool: a key keeps to its instance, and most keep it when another joins") {
  shop s;
  auto o = s.options(mode::pool);
  o.each.key = &order::customer;
  service_group<order> pay{s.b, std::move(o)};
  const auto a = pay.join("a", s.instance("a", 1ms)).value();
  const auto b = pay.join("b", s.instance("b", 1ms)).value();
  const auto homes = [&] {
    s.by.clear();
    std::map<int, std::string> home;
    for (int round = 0; round < 3; ++round)
      for (int id = 0; id < 20; ++id) {
        REQUIRE_FALSE(s.b.try_post<order>(id, "c" + std::to_string(id)));
        s.w.run();
      }
    for (const auto& [name, ids] : s.by)
      for (const int id : ids) {
        CHECK(home.emplace(id, name).first->second == name);
      }
    return home;
  };
  const auto before = homes();
  CHECK(s.by.size() == 2);
  const auto c = pay.join("c", s.instance("c", 1ms)).value();
  const auto after = homes();
  CHECK(s.by.size() == 3);
  for (const auto& [id, name] : after) CHECK((name == before.at(id) || name == "c"));
}

TEST_CASE("pool: what an instance that crashes had in hand goes to another") {
  shop s;
  service_group<order> pay{s.b, s.options(mode::pool)};
  auto a = pay.join("a", s.instance("a", 1min)).value();
  s.post(1, 3);
  s.w.run_for(1s);
  const auto b = pay.join("b", s.instance("b")).value();
  s.w.run_for(1s);
  CHECK(s.by["b"] == std::vector{2, 3});
  a.fail();
  CHECK_FALSE(a.active());
  s.w.run();
  CHECK(s.by["b"] == std::vector{2, 3, 1});
  CHECK(s.by["a"].empty());
  CHECK(a.counts().moved == 1);
  CHECK(s.whole() == "accepted 3 = handled 3");
}

TEST_CASE("pool: who leaves finishes what it has begun, and is given no more") {
  shop s;
  service_group<order> pay{s.b, s.options(mode::pool)};
  auto a = pay.join("a", s.instance("a")).value();
  s.post(1, 3);
  s.w.run_for(1ms);
  a.leave();
  s.w.run();
  CHECK(s.by["a"] == std::vector{1});
  CHECK(pay.counts().queued == 2);
  const auto b = pay.join("a", s.instance("another a")).value();
  s.w.run();
  CHECK(s.by["another a"] == std::vector{2, 3});
}

TEST_CASE("broadcast: every instance gets every event, each with a queue of its own") {
  shop s;
  service_group<order> pay{s.b, s.options(mode::broadcast)};
  s.post(1, 1);  // nobody is there: to nobody
  auto a = pay.join("a", s.instance("a")).value();
  s.post(2, 2);
  const auto b = pay.join("b", s.instance("b", 1s)).value();
  s.post(3, 4);
  s.w.run();
  CHECK(s.by["a"] == std::vector{2, 3, 4});
  CHECK(s.by["b"] == std::vector{3, 4});
  CHECK(a.counts().handled == 3);
  CHECK(s.b.accounts()[1].subscription == "pay/b");
  a.leave();
  s.post(5, 5);
  s.w.run();
  CHECK(s.by["a"].size() == 3);
  CHECK(s.whole() == "accepted 6 = handled 6");
}

TEST_CASE(
    "singleton: one handles all in order; when it goes the next takes over, nothing is lost") {
  shop s;
  service_group<order> pay{s.b, s.options(mode::singleton)};
  CHECK(pay.leader().empty());
  auto a = pay.join("a", s.instance("a")).value();
  auto b = pay.join("b", s.instance("b")).value();
  const auto c = pay.join("c", s.instance("c")).value();
  CHECK(a.leads());
  CHECK(pay.token() == 1);
  s.post(1, 6);
  s.w.run_for(25ms);
  a.fail();                     // in the middle of its third
  CHECK(pay.leader().empty());  // it may still clean up
  s.w.run_for(15ms);
  CHECK(pay.leader() == "b");
  CHECK(pay.token() == 2);
  b.leave();  // its fourth, which it finishes
  s.w.run();
  CHECK(s.by == handled{{"a", {1, 2}}, {"b", {3, 4}}, {"c", {5, 6}}});
  CHECK(s.whole() == "accepted 6 = handled 6");
  CHECK(pay.token() == 3);
}

TEST_CASE("singleton: with a lease, only while it is held; its events wait for the next term") {
  shop s;
  memory_lease_store store{s.w.rt()};
  lease leader{s.w.rt(), store, {.name = "pay", .owner = "us", .ttl = 9s}};
  auto o = s.options(mode::singleton);
  o.lease = &leader;
  service_group<order> pay{s.b, std::move(o)};
  const auto a = pay.join("a", s.instance("a", 5s)).value();
  CHECK(s.w.block_on(store.acquire("pay", "them", 1min)).has_value());
  s.w.spawn_background("lease", leader.run());
  s.post(1, 2);
  s.w.run_for(50s);
  CHECK(s.by["a"].empty());
  CHECK(pay.counts().queued == 2);
  CHECK(pay.leader().empty());
  s.w.run_for(15s);
  CHECK(pay.leader() == "a");
  CHECK(pay.token() == 2);
  s.w.run_for(1min);
  CHECK(s.by["a"] == std::vector{1, 2});
  s.post(3, 3);
  s.w.run_for(1s);
  (void)s.w.block_on(store.release("pay", leader.token()));  // taken away from it
  (void)s.w.block_on(store.acquire("pay", "them", 1min));
  s.w.run_for(30s);
  CHECK(s.by["a"].size() == 2);
  CHECK(a.counts().moved + pay.counts().queued == 1);
  s.w.run_for(1min);
  CHECK(s.by["a"] == std::vector{1, 2, 3});
  CHECK(pay.token() == 4);
  CHECK(s.whole() == "accepted 3 = handled 3");
  s.w.end();
}

TEST_CASE("the policy is the service's: retries, time-outs of one run, results") {
  shop s;
  auto o = s.options(mode::pool);
  o.each.retry = {.attempts = 3, .base = 1ms};
  o.each.timeout = 1s;
  service_group<order> pay{s.b, std::move(o)};
  int calls = 0, receipts = 0;
  const auto heard = s.b.subscribe<receipt>([&](const receipt&) { ++receipts; });
  const auto a = pay.join("a",
                          [&](const order& e) -> task<receipt> {
                            const int id = e.id;
                            if (++calls == 1) throw std::runtime_error{"no"};
                            if (calls == 2) co_await sleep_for(s.w.rt(), 1h);
                            co_return receipt{id};
                          })
                     .value();
  s.post(1, 1);
  s.w.run();
  CHECK(calls == 3);
  CHECK(receipts == 1);
  CHECK(a.counts().failed == 2);
  CHECK(pay.counts().handled == 1);
  auto wrong = s.options(mode::pool);
  wrong.each.retry = {.attempts = 3, .deadline = 1s};
  wrong.each.timeout = 5s;
  CHECK_THROWS_AS((service_group<order>{s.b, wrong}), system_error);
}

TEST_CASE("an event that waits for its next attempt waits for an instance too") {
  shop s;
  auto o = s.options(mode::pool);
  o.each.retry = {.attempts = 3, .base = 1s};
  service_group<order> pay{s.b, std::move(o)};
  auto bad = pay.join("bad", [](const order&) { throw std::runtime_error{"no"}; }).value();
  s.post(1, 1);
  s.w.run_for(10ms);
  bad.leave();
  s.w.run_for(1h);
  CHECK(pay.counts().queued == 1);
  const auto good = pay.join("good", s.instance("good")).value();
  s.w.run();
  CHECK(s.by["good"] == std::vector{1});
}

TEST_CASE("names are taken once, instances are bounded, and a group that ends lets go") {
  shop s;
  auto o = s.options(mode::pool);
  o.instances_max = 2;
  std::optional<service_group<order>> pay{std::in_place, s.b, std::move(o)};
  auto a = pay->join("a", s.instance("a", 1s)).value();
  CHECK(pay->join("a", s.instance("b")).error() == errc::exists);
  CHECK(pay->join("", s.instance("b")).error() == errc::invalid);
  auto b = pay->join("b", s.instance("b")).value();
  CHECK(pay->join("c", s.instance("c")).error() == errc::full);
  b.leave();
  s.post(1, 2);
  s.w.run_for(1ms);
  pay.reset();
  s.w.run();
  CHECK(s.by["a"] == std::vector{1});
  CHECK(s.b.total().dropped_for(drop_reason::unsubscribed) == 1);
  CHECK(s.b.total().balanced());
}
