#pragma once

#include <ensue/flow/saga.hpp>

#include <string>

// The fulfilment saga that tests of several layers use: an order waits for its payment and its
// stock in any order, then for the parcel; when something fails or takes too long, what was done
// is undone, and a refund has to be confirmed.
namespace fulfilment {

using namespace std::chrono_literals;

struct order_placed {
  static constexpr std::string_view event_name = "order.placed";
  std::string order;
  int cents = 0;
};
BOOST_DESCRIBE_STRUCT(order_placed, (), (order, cents))
struct payment_processed {
  static constexpr std::string_view event_name = "payment.processed";
  std::string order;
  std::string payment;
};
BOOST_DESCRIBE_STRUCT(payment_processed, (), (order, payment))
struct payment_failed {
  static constexpr std::string_view event_name = "payment.failed";
  std::string order;
  std::string why;
};
BOOST_DESCRIBE_STRUCT(payment_failed, (), (order, why))
struct inventory_reserved {
  static constexpr std::string_view event_name = "inventory.reserved";
  std::string order;
};
BOOST_DESCRIBE_STRUCT(inventory_reserved, (), (order))
struct parcel_sent {
  static constexpr std::string_view event_name = "parcel.sent";
  std::string order;
};
BOOST_DESCRIBE_STRUCT(parcel_sent, (), (order))
struct payment_refunded {
  static constexpr std::string_view event_name = "payment.refunded";
  std::string order;
};
BOOST_DESCRIBE_STRUCT(payment_refunded, (), (order))

struct charge_card {
  static constexpr std::string_view event_name = "command.charge-card";
  std::string order;
  int cents = 0;
};
BOOST_DESCRIBE_STRUCT(charge_card, (), (order, cents))
struct reserve_stock {
  static constexpr std::string_view event_name = "command.reserve-stock";
  std::string order;
};
BOOST_DESCRIBE_STRUCT(reserve_stock, (), (order))
struct fulfilment_started {
  static constexpr std::string_view event_name = "fulfilment.started";
  std::string order;
};
BOOST_DESCRIBE_STRUCT(fulfilment_started, (), (order))
struct refund_payment {
  static constexpr std::string_view event_name = "command.refund-payment";
  std::string order;
  std::string payment;
};
BOOST_DESCRIBE_STRUCT(refund_payment, (), (order, payment))
struct release_stock {
  static constexpr std::string_view event_name = "command.release-stock";
  std::string order;
};
BOOST_DESCRIBE_STRUCT(release_stock, (), (order))

struct memory {
  std::string order;
  int cents = 0;
};
BOOST_DESCRIBE_STRUCT(memory, (), (order, cents))

inline ensue::saga_definition<memory> definition(
    ensue::saga_before before = ensue::saga_before::start) {
  ensue::saga_definition<memory> s{"fulfilment", 1};
  s.before_start(before);
  s.event(&order_placed::order).keep([](memory& m, const order_placed& e) {
    m.order = e.order;
    m.cents = e.cents;
  });
  s.event(&payment_processed::order)
      .undo([](const memory&, const payment_processed& e) {
        return refund_payment{e.order, e.payment};
      })
      .confirmed_by<payment_refunded>(5min);
  s.event(&payment_failed::order).reason(&payment_failed::why);
  s.event(&inventory_reserved::order).undo([](const memory&, const inventory_reserved& e) {
    return release_stock{e.order};
  });
  s.event(&parcel_sent::order);
  s.event(&payment_refunded::order);

  s.state("placing").within(10min).on<order_placed>("collecting");
  s.state("collecting")
      .within(30min)
      .publish([](const memory& m) { return charge_card{m.order, m.cents}; })
      .publish([](const memory& m) { return reserve_stock{m.order}; })
      .join<payment_processed, inventory_reserved>("shipping")
      .on<payment_failed>(ensue::saga_compensated);
  s.state("shipping")
      .within(24h)
      .publish([](const memory& m) { return fulfilment_started{m.order}; })
      .on<parcel_sent>(ensue::saga_completed);
  return s;
}

/// The smallest one: two events in any order, one event when both are there.
inline ensue::saga_definition<memory> two_events() {
  ensue::saga_definition<memory> s{"two-events", 1};
  const auto keep = [](memory& m, const auto& e) { m.order = e.order; };
  s.event(&payment_processed::order).keep(keep);
  s.event(&inventory_reserved::order).keep(keep);
  s.state("waiting").within(30min).join<payment_processed, inventory_reserved>(
      ensue::saga_completed);
  s.state(ensue::saga_completed).publish([](const memory& m) {
    return fulfilment_started{m.order};
  });
  return s;
}

}  // namespace fulfilment
