// Bugs planted on purpose: the simulator must find each, and must not find it in the fixed code.
#include <ensue/async/wait.hpp>
#include <ensue/sim/explore.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace ensue;

namespace {

// A lock that hands itself to the longest waiter.
class lock {
 public:
  lock(runtime& rt, const char* name) : rt_{rt}, name_{name} {}
  task<> acquire() {
    if (held_) {
      co_await wait_in(waiters_, rt_, name_);
    } else {
      held_ = true;
    }
  }
  void release() {
    if (!wake_one(waiters_)) held_ = false;
  }

 private:
  runtime& rt_;
  const char* name_;
  bool held_ = false;
  work_list waiters_;
};

// An await that is a bare scheduling point: the least a handler does between read and write.
task<> deposit(runtime& rt, int& balance, int amount) {
  const int before = balance;
  co_await yield(rt);
  balance = before + amount;
}

task<> deposit_locked(runtime& rt, lock& l, int& balance, int amount) {
  co_await l.acquire();
  co_await deposit(rt, balance, amount);
  l.release();
}

// Three tellers, one after the other by their think times on a real loop.
task<> teller(runtime& rt, lock* l, int& balance, int think) {
  for (int i = 0; i < think; ++i) co_await yield(rt);
  for (int i = 0; i < 3; ++i) {
    if (l) {
      co_await deposit_locked(rt, *l, balance, 10);
    } else {
      co_await deposit(rt, balance, 10);
    }
    for (int k = 0; k < 5; ++k) co_await yield(rt);
  }
}

void bank(sim::world& w, bool locked) {
  int balance = 0;
  lock l{w.rt(), "balance lock"};
  lock* const used = locked ? &l : nullptr;
  w.spawn("teller 1", teller(w.rt(), used, balance, 0));
  w.spawn("teller 2", teller(w.rt(), used, balance, 2));
  w.spawn("teller 3", teller(w.rt(), used, balance, 4));
  w.run();
  w.require(balance == 90, "balance " + std::to_string(balance) + ", expected 90");
}

task<> transfer(runtime& rt, lock& from, lock& to) {
  co_await from.acquire();
  co_await yield(rt);
  co_await to.acquire();
  co_await yield(rt);
  to.release();
  from.release();
}

void two_locks(sim::world& w, bool ordered) {
  lock stock{w.rt(), "stock lock"}, money{w.rt(), "money lock"};
  w.spawn("order", transfer(w.rt(), stock, money));
  w.spawn("refund", ordered ? transfer(w.rt(), stock, money) : transfer(w.rt(), money, stock));
  w.run();
}

// Looks, then waits: what arrives between the two is lost.
task<> consumer(runtime& rt, work_list& bell, int& orders, bool careful) {
  bool seen = orders > 0;
  if (!seen) {
    if (!careful) co_await yield(rt);
    while (careful ? orders == 0 : !seen) {
      co_await wait_in(bell, rt, "order bell");
      seen = orders > 0;
    }
  }
}

task<> producer(runtime& rt, work_list& bell, int& orders) {
  co_await yield(rt);
  co_await yield(rt);
  co_await yield(rt);
  ++orders;
  wake_one(bell);
}

void ring_once(sim::world& w, bool careful) {
  work_list bell;
  int orders = 0;
  w.spawn("consumer", consumer(w.rt(), bell, orders, careful));
  w.spawn("producer", producer(w.rt(), bell, orders));
  w.run();
}

sim::findings search(void (*s)(sim::world&, bool), bool fixed, sim::order order,
                     std::uint64_t seeds = 2000) {
  sim::sweep sweep;
  sweep.seeds = seeds;
  sweep.order = order;
  sweep.swarm = false;
  return sim::explore(sweep, [=](sim::world& w) { s(w, fixed); });
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("read, await, write: found in seeded order, never in fifo order") {
  const auto found = search(bank, false, sim::order::strand);
  REQUIRE(found.failing_seed);
  MESSAGE("fell at seed " << *found.failing_seed);
  CHECK(has(found.report, "expected 90"));
  CHECK(has(found.report, "ENSUE_SEED=" + std::to_string(*found.failing_seed)));
  CHECK_FALSE(search(bank, false, sim::order::fifo).failing_seed);
  CHECK_FALSE(search(bank, true, sim::order::strand).failing_seed);
}

TEST_CASE("two locks in arbitrary order: the deadlock report names tasks and locks") {
  const auto found = search(two_locks, false, sim::order::strand);
  REQUIRE(found.failing_seed);
  MESSAGE("fell at seed " << *found.failing_seed);
  CHECK(has(found.report, "deadlock"));
  CHECK(has(found.report, "\"order\", \"refund\""));
  CHECK(has(found.report, "waits for: money lock (order)"));
  CHECK(has(found.report, "waits for: stock lock (refund)"));
  CHECK_FALSE(search(two_locks, true, sim::order::strand).failing_seed);
}

TEST_CASE("a lost wake-up: found in seeded order, never in fifo order") {
  const auto found = search(ring_once, false, sim::order::strand);
  REQUIRE(found.failing_seed);
  MESSAGE("fell at seed " << *found.failing_seed);
  CHECK(has(found.report, "waits for: order bell (consumer)"));
  CHECK_FALSE(search(ring_once, false, sim::order::fifo).failing_seed);
  CHECK_FALSE(search(ring_once, true, sim::order::strand).failing_seed);
}
