#include <ensue/flow/saga_history.hpp>
#include <ensue/flow/saga_step.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tests/fulfilment.hpp>

using namespace ensue;
using namespace fulfilment;

namespace {

constexpr wall_time noon{std::chrono::hours{24 * 20'000 + 12}};

/// Plays inputs against a definition. Every recorded step is written and read back, as a restart
/// after every step would do.
struct player {
  explicit player(const saga_plan& p) : plan{p} {}

  saga_verdict play(const saga_input& in) {
    saga_outcome out = saga_step(plan, now.step ? &now : nullptr, "o-1", in, clock);
    ++verdicts[out.verdict];
    if (!out.next) return out.verdict;
    now = parse_saga_record(saga_record_text(*out.next)).value();
    history += saga_record_text(now) + '\n';
    for (const saga_effect& e : now.effects) {
      CHECK(ids.insert(e.id).second);
      effects.push_back(e.type);
    }
    return out.verdict;
  }
  template <class E>
  saga_verdict play(const E& e, int id) {
    saga_input in;
    in.id = derived_id(std::to_string(id));
    in.type = event_name<E>();
    in.version = 1;
    in.event = to_any_json(e);
    return play(in);
  }
  saga_verdict play(saga_cause cause) {
    saga_input in;
    in.cause = cause;
    return play(in);
  }
  void wait(duration d) { clock += d; }
  std::size_t count(std::string_view effect) const {
    return static_cast<std::size_t>(std::count(effects.begin(), effects.end(), effect));
  }

  const saga_plan& plan;
  saga_record now{};
  wall_time clock = noon;
  std::vector<std::string> effects{};
  std::set<uuid> ids{};
  std::map<saga_verdict, int> verdicts{};
  std::string history{};
};

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("an order whose payment and stock come is completed") {
  const auto d = definition();
  player p{d.plan()};
  CHECK(p.play(order_placed{"o-1", 4999}, 1) == saga_verdict::stepped);
  CHECK(p.now.state == "collecting");
  CHECK(p.now.deadline == noon + 30min);
  CHECK(p.now.data == to_any_json(memory{"o-1", 4999}));
  CHECK(p.effects == strings{"command.charge-card", "command.reserve-stock"});
  CHECK(p.play(inventory_reserved{"o-1"}, 2) == saga_verdict::stepped);
  CHECK(p.now.state == "collecting");
  CHECK(p.play(payment_processed{"o-1", "p-7"}, 3) == saga_verdict::stepped);
  CHECK(p.now.state == "shipping");
  CHECK(p.effects.back() == "fulfilment.started");
  CHECK(p.play(parcel_sent{"o-1"}, 4) == saga_verdict::stepped);
  CHECK(p.now.phase == saga_phase::completed);
  CHECK(!p.now.deadline);
  CHECK(p.play(payment_refunded{"o-1"}, 5) == saga_verdict::late);
}

TEST_CASE("a failed payment undoes the stock, and says why") {
  const auto d = definition();
  player p{d.plan()};
  p.play(order_placed{"o-1", 4999}, 1);
  p.play(inventory_reserved{"o-1"}, 2);
  p.play(payment_failed{"o-1", "card declined"}, 3);
  CHECK(p.now.phase == saga_phase::compensated);
  CHECK(p.now.reason == "card declined");
  CHECK(p.effects.back() == "command.release-stock");
}

TEST_CASE("what was done is undone in reverse, each step when the one after it is confirmed") {
  const auto d = definition();
  player p{d.plan()};
  p.play(order_placed{"o-1", 4999}, 1);
  p.play(inventory_reserved{"o-1"}, 2);
  p.play(payment_processed{"o-1", "p-7"}, 3);
  p.wait(24h);
  CHECK(p.play(saga_cause::timeout) == saga_verdict::stepped);
  CHECK(p.now.phase == saga_phase::undoing);
  CHECK(p.now.reason == "nothing ended shipping within PT86400S");
  CHECK(p.effects.back() == "command.refund-payment");
  CHECK(p.now.effects.back().event == to_any_json(refund_payment{"o-1", "p-7"}));
  CHECK(p.play(payment_refunded{"o-1"}, 4) == saga_verdict::stepped);
  CHECK(p.effects.back() == "command.release-stock");
  CHECK(p.now.phase == saga_phase::compensated);
}

TEST_CASE("a time-out is never early") {
  const auto d = definition();
  player p{d.plan()};
  p.play(order_placed{"o-1", 1}, 1);
  p.wait(30min - 1ns);
  CHECK(p.play(saga_cause::timeout) == saga_verdict::refused);
  p.wait(1ns);
  CHECK(p.play(saga_cause::timeout) == saga_verdict::stepped);
  CHECK(p.now.phase == saga_phase::compensated);
  CHECK(p.play(saga_cause::timeout) == saga_verdict::refused);
}

TEST_CASE("an undoing that nobody confirms parks the saga; a person decides") {
  const auto d = definition();
  player p{d.plan()};
  p.play(order_placed{"o-1", 1}, 1);
  p.play(inventory_reserved{"o-1"}, 2);
  p.play(payment_processed{"o-1", "p-7"}, 3);
  p.wait(24h), p.play(saga_cause::timeout);
  p.wait(5min), p.play(saga_cause::timeout);
  REQUIRE(p.now.phase == saga_phase::parked);
  CHECK(p.now.reason ==
        "payment.refunded did not confirm within PT300S that payment.processed was undone");
  SUBCASE("wait again") {
    CHECK(p.play(saga_cause::resume) == saga_verdict::stepped);
    CHECK(p.now.phase == saga_phase::undoing);
    CHECK(p.now.effects.empty());
    CHECK(p.play(payment_refunded{"o-1"}, 4) == saga_verdict::stepped);
    CHECK(p.now.phase == saga_phase::compensated);
  }
  SUBCASE("the confirmation came meanwhile") {
    CHECK(p.play(payment_refunded{"o-1"}, 4) == saga_verdict::kept);
    CHECK(p.play(saga_cause::resume) == saga_verdict::stepped);
    CHECK(p.now.phase == saga_phase::compensated);
  }
  SUBCASE("refunded by hand") {
    CHECK(p.play(saga_cause::compensate) == saga_verdict::stepped);
    CHECK(p.now.phase == saga_phase::compensated);
    CHECK(p.effects.back() == "command.release-stock");
  }
  SUBCASE("given up") {
    CHECK(p.play(saga_cause::abandon) == saga_verdict::stepped);
    CHECK(p.now.phase == saga_phase::parked);
    CHECK(p.now.ended());
    CHECK(p.play(saga_cause::resume) == saga_verdict::refused);
    CHECK(p.play(payment_refunded{"o-1"}, 4) == saga_verdict::late);
  }
}

TEST_CASE("a payment that comes after the saga was undone is refunded, once") {
  const auto d = definition();
  player p{d.plan()};
  p.play(order_placed{"o-1", 1}, 1);
  p.play(payment_failed{"o-1", "time-out at the bank"}, 2);
  REQUIRE(p.now.phase == saga_phase::compensated);
  CHECK(p.play(payment_processed{"o-1", "p-7"}, 3) == saga_verdict::stepped);
  CHECK(p.now.phase == saga_phase::undoing);
  CHECK(p.play(payment_processed{"o-1", "p-7"}, 4) == saga_verdict::duplicate);
  CHECK(p.play(payment_refunded{"o-1"}, 5) == saga_verdict::stepped);
  CHECK(p.now.phase == saga_phase::compensated);
  CHECK(p.count("command.refund-payment") == 1);
}

TEST_CASE("events before the start are ignored when the definition says so") {
  const auto d = definition(saga_before::ignore);
  player p{d.plan()};
  CHECK(p.play(payment_processed{"o-1", "p"}, 1) == saga_verdict::before_start);
  CHECK(p.now.step == 0);
}

TEST_CASE("a function of the definition that throws parks the saga and keeps the event") {
  bool broken = true;
  saga_definition<memory> s{"fragile", 1};
  s.event(&order_placed::order);
  s.state("new").on<order_placed>(saga_completed);
  s.state(saga_completed).publish([&](const memory&) {
    if (broken) throw std::runtime_error{"no such article"};
    return fulfilment_started{"o-1"};
  });
  player p{s.plan()};
  CHECK(p.play(order_placed{"o-1", 1}, 1) == saga_verdict::stepped);
  CHECK(p.now.phase == saga_phase::parked);
  CHECK(p.now.reason == "no such article");
  broken = false;
  CHECK(p.play(saga_cause::resume) == saga_verdict::stepped);
  CHECK(p.now.phase == saga_phase::completed);
  CHECK(p.effects == strings{"fulfilment.started"});
}

TEST_CASE("events that come early are bounded") {
  const auto d = definition();
  player p{d.plan()};
  for (int i = 0; i < 20; ++i) p.play(parcel_sent{"o-1"}, i);
  CHECK(p.verdicts[saga_verdict::kept] == saga_limits::early_events);
  CHECK(p.verdicts[saga_verdict::unexpected] == 20 - saga_limits::early_events);
}

TEST_CASE("every order of the events, each twice: completed, every effect once") {
  const auto d = definition();
  int orders = 0;
  strings all{"placed", "placed", "paid", "paid", "stock", "stock", "sent", "sent"};
  std::sort(all.begin(), all.end());
  do {
    player p{d.plan()};
    for (const std::string& e : all) {
      if (e == "placed") p.play(order_placed{"o-1", 1}, 1);
      if (e == "paid") p.play(payment_processed{"o-1", "p-7"}, 2);
      if (e == "stock") p.play(inventory_reserved{"o-1"}, 3);
      if (e == "sent") p.play(parcel_sent{"o-1"}, 4);
    }
    REQUIRE(p.now.phase == saga_phase::completed);
    REQUIRE(p.count("command.charge-card") == 1);
    REQUIRE(p.count("fulfilment.started") == 1);
    REQUIRE(p.effects.size() == 3);
    REQUIRE(p.verdicts[saga_verdict::duplicate] + p.verdicts[saga_verdict::late] == 4);
    if (++orders % 64 == 0) REQUIRE(!replay_saga_history(p.history, {d.share()}));
  } while (std::next_permutation(all.begin(), all.end()));
  CHECK(orders == 2520);
}

TEST_CASE("every order with a failure, a time-out and late steps: nothing stays done") {
  const auto d = definition();
  int orders = 0;
  strings all{"placed", "paid", "paid again", "stock", "failed", "hours", "refunded"};
  std::sort(all.begin(), all.end());
  do {
    player p{d.plan()};
    const auto one = [&](const std::string& e) {
      if (e == "placed") p.play(order_placed{"o-1", 1}, 1);
      if (e == "paid") p.play(payment_processed{"o-1", "p-7"}, 2);
      if (e == "paid again") p.play(payment_processed{"o-1", "p-7"}, 3);
      if (e == "stock") p.play(inventory_reserved{"o-1"}, 4);
      if (e == "failed") p.play(payment_failed{"o-1", "no"}, 5);
      if (e == "refunded" && p.count("command.refund-payment") == 1)
        p.play(payment_refunded{"o-1"}, 6);
      if (e == "hours") p.wait(31min), p.play(saga_cause::timeout);
    };
    for (const std::string& e : all) one(e);
    for (int i = 0; i < 3 && !p.now.ended(); ++i) {  // faults have ended: it must, too
      if (p.now.phase == saga_phase::undoing) one("refunded");
      p.wait(24h);
      if (p.now.deadline) p.play(saga_cause::timeout);
    }
    if (p.now.phase == saga_phase::parked) p.play(saga_cause::compensate);
    REQUIRE(p.now.phase == saga_phase::compensated);
    REQUIRE(p.count("command.refund-payment") == 1);
    REQUIRE(p.count("command.release-stock") == 1);
    REQUIRE(p.now.done.empty());
    if (++orders % 64 == 0) REQUIRE(!replay_saga_history(p.history, {d.share()}));
  } while (std::next_permutation(all.begin(), all.end()));
}

TEST_CASE("two events: both events in any order, each up to three times, one effect") {
  const auto d = two_events();
  for (int bits = 0; bits < 64; ++bits) {
    player p{d.plan()};
    bool paid = false, reserved = false;
    for (int i = 0; i < 6; ++i) {
      if (bits >> i & 1) {
        p.play(payment_processed{"o-1", "p"}, i % 2 ? 1 : 10 + i);  // same id, or another
        paid = true;
      } else {
        p.play(inventory_reserved{"o-1"}, i % 2 ? 2 : 20 + i);
        reserved = true;
      }
    }
    REQUIRE((p.now.phase == saga_phase::completed) == (paid && reserved));
    REQUIRE(p.effects.size() == (paid && reserved ? 1 : 0));
  }
}
