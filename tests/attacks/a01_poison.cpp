// one event whose handler always throws, among many good ones.
#include "attack.hpp"
#include <ensue/async/sleep.hpp>
#include <ensue/bus/redrive.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/reliability/dead_letters.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe/class.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace ensue::attacks {

using namespace std::chrono_literals;

namespace {

struct payment {
  static constexpr const char* event_name = "attacks.payment";
  int number = 0;
  int customer = 0;
  std::int64_t posted = 0;
};
BOOST_DESCRIBE_STRUCT(payment, (), (number, customer, posted))

constexpr int customers = 100;

struct till {
  sim::world w;
  event_registry known;
  dead_letters letters{w.rt()};
  bus b{w.rt(), {.registry = &known, .dead_letters = &letters}};
  int poison = -1;
  std::vector<duration> others{};  // how long events of other customers took, from post to end
  std::vector<int> of_poisoned{};  // what the poisoned customer's other events were, in order
  time_point died{};
  int paid = 0;

  task<> pay(const payment& p) {
    co_await sleep_for(w.rt(), 100us);
    if (p.number == poison) throw std::runtime_error("cannot parse the amount");
    ++paid;
    if (poison >= 0 && p.customer == poison % customers) {
      of_poisoned.push_back(p.number);
    } else {
      others.push_back(w.now() - time_point{duration{p.posted}});
    }
  }
  task<> post_all(int n) {
    for (int i = 0; i < n; ++i) {
      co_await b.post<payment>(i, i % customers, w.now().time_since_epoch().count());
      if (i % 8 == 0) co_await sleep_for(w.rt(), 150us);
    }
  }
};

duration p99(std::vector<duration>& all) {
  std::sort(all.begin(), all.end());
  return all.empty() ? duration{} : all[all.size() * 99 / 100];
}

subscription subscribe(till& t) {
  return t.b.subscribe<payment>([&t](const payment& p) { return t.pay(p); },
                                {.name = "till",
                                 .concurrency = 8,
                                 .key = &payment::customer,
                                 .retry = {.attempts = 4},
                                 .on_failure = [&t](const dead_letter&) { t.died = t.w.now(); }});
}

}  // namespace

void a01_poison(attack& a) {
  const int n = static_cast<int>(a.size(2'000, 10'000));
  till calm;
  (void)calm.known.add<payment>();
  const subscription held_calm = subscribe(calm);
  calm.w.block_on(calm.post_all(n));
  calm.w.run();

  till t;
  (void)t.known.add<payment>();
  t.poison = n / 4;
  const subscription held = subscribe(t);
  const time_point began = t.w.now();
  t.w.block_on(t.post_all(n));
  t.w.run();
  a.require(t.paid == n - 1, "every good one is handled");
  a.require(std::is_sorted(t.of_poisoned.begin(), t.of_poisoned.end()), "order within the key");
  a.require_settled(t.b, "after the poison");
  a.require(t.b.total().dead == 1, "the poison is dead");
  const auto dead = t.letters.list();
  a.require(dead.size() == 1, "one letter");
  const dead_letter& l = *dead.front();
  a.require(l.reason == death_reason::exhausted && l.attempts.size() == 4, "four attempts");
  for (const dead_attempt& each : l.attempts)
    a.require(each.error.find("cannot parse the amount") != std::string::npos,
              "each with its error");
  a.require(!l.event_id.nil() && !l.source.empty() && l.subscription == "till", "its headers");

  const duration after = p99(t.others), before = p99(calm.others);
  a.require(after <= before + 1ms, "other customers wait no longer than without the poison");

  t.poison = -1;  // mended
  const result<redrive_report> again = t.w.block_on(redrive(t.b, t.letters));
  t.w.run();
  a.require(again && again->redriven == 1 && t.paid == n && t.letters.size() == 0, "redriven");
  a.require_settled(t.b, "after the redrive");
  const auto us = [](duration d) { return static_cast<double>(d.count()) / 1e3; };
  a.report("events", n, "");
  a.report("dead after", us(t.died - began) / 1e3, "ms");
  a.report("p99 of the good", us(after), "us");
  a.report("without poison", us(before), "us");
}

}  // namespace ensue::attacks
