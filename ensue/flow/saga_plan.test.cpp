#include <doctest/doctest.h>

#include <tests/fulfilment.hpp>

using namespace ensue;
using namespace fulfilment;

namespace {

saga_definition<memory> with_events() {
  saga_definition<memory> s{"s", 1};
  s.event(&order_placed::order);
  s.event(&payment_processed::order);
  return s;
}
using sentences = std::vector<std::string>;

}  // namespace

TEST_CASE("good definitions have no faults") {
  CHECK(definition().plan().faults().empty());
  CHECK(definition(saga_before::ignore).plan().faults().empty());
  CHECK(two_events().plan().faults().empty());
}

TEST_CASE("a definition without states") {
  CHECK(saga_definition<memory>{"s", 1}.plan().faults() == sentences{"saga s has no state"});
}

TEST_CASE("a step to a state that is not there, and a state nobody reaches") {
  auto s = with_events();
  s.state("new").on<order_placed>("paid");
  s.state("payed").within(1h).on<payment_processed>(saga_completed);
  CHECK(s.plan().faults() ==
        sentences{"saga s, state new: order.placed leads to paid, which is no state",
                  "saga s, state payed: can never be reached",
                  "saga s can never complete: no path leads there"});
}

TEST_CASE("a state without time-out") {
  auto s = with_events();
  s.state("new").on<order_placed>("waiting");
  s.state("waiting").on<payment_processed>(saga_completed);
  CHECK(s.plan().faults() ==
        sentences{"saga s, state waiting: has no time-out: a saga could wait there for ever; give "
                  "it .within(…)"});
  SUBCASE("a first state that is left at once needs none, unless early events start sagas") {
    s.before_start(saga_before::start);
    CHECK(s.plan().faults().size() == 2);
  }
}

TEST_CASE("joins that can never complete") {
  auto s = with_events();
  s.state("new")
      .within(1h)
      .on<order_placed>(saga_compensated)
      .join<order_placed, payment_processed>(saga_completed);
  CHECK(s.plan().faults() == sentences{"saga s, state new: its join can never complete: "
                                       "order.placed leads to compensated"});
  saga_definition<memory> t{"t", 1};
  t.event(&order_placed::order);
  t.state("new").within(1h).join<order_placed, payment_processed>(saga_completed);
  CHECK(t.plan().faults() == sentences{"saga t, state new: its join can never complete: "
                                       "payment.processed is an event it does not declare"});
  saga_definition<memory> u{"u", 1};
  u.event(&order_placed::order);
  u.state("new").within(1h).join<order_placed, order_placed>(saga_completed);
  CHECK(u.plan().faults() == sentences{"saga u, state new: its join can never complete: it waits "
                                       "for order.placed twice"});
}

TEST_CASE("time-outs in a circle, ends that are left, twins") {
  auto s = with_events();
  s.state("a").within(1h, "b").on<order_placed>("b");
  s.state("b").within(1h, "a").on<payment_processed>(saga_completed);
  s.state(saga_completed).within(1h);
  s.state("b").within(1h, "nowhere");
  const sentences expected{
      "saga s, state b: is declared twice", "saga s, state completed: an end cannot be left",
      "saga s, state b: its time-out leads to nowhere, which is no state",
      "saga s, state a: its time-outs lead in a circle: the saga would never end",
      "saga s, state b: its time-outs lead in a circle: the saga would never end"};
  CHECK(s.plan().faults() == expected);
}

TEST_CASE("events nobody waits for, confirmations nobody declared") {
  auto s = with_events();
  s.event(&payment_failed::order);
  s.event(&inventory_reserved::order)
      .undo([](const memory&) { return release_stock{}; })
      .confirmed_by<payment_refunded>(0s);
  s.state("new").within(1h).on<order_placed>("next").on<inventory_reserved>(saga_parked);
  s.state("next").within(1h).on<payment_processed>(saga_completed).on<payment_processed>("new");
  const sentences expected{"saga s declares the event payment.failed, but no state waits for it",
                           "saga s waits for payment.refunded, an event it does not declare",
                           "saga s waits for payment.refunded without a time-out",
                           "saga s, state next: payment.processed leads to two states"};
  CHECK(s.plan().faults() == expected);
}

TEST_CASE("a definition as text") {
  CHECK(two_events().plan().text() ==
        "two-events v1\n"
        "  event payment.processed v1\n"
        "  event inventory.reserved v1\n"
        "  state waiting\n"
        "    on all of payment.processed inventory.reserved -> completed\n"
        "    after PT1800S -> compensated\n"
        "  state completed\n"
        "    publish fulfilment.started\n");
}
