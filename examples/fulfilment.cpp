// A saga: an order is paid and its goods are reserved in any order, then it is shipped. When
// something fails or takes too long, what was done is undone. Played in virtual time, so that the
// half hour passes at once.
#include <ensue/flow/sagas.hpp>
#include <ensue/sim/world.hpp>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;

// NOLINTBEGIN(readability-identifier-naming): the program's own prefix, not ensue's
// [events]
#define SHOP_EVENT(type, wire_name)                             \
  struct type {                                                 \
    static constexpr std::string_view event_name = (wire_name); \
    std::string order;                                          \
  };                                                            \
  BOOST_DESCRIBE_STRUCT(type, (), (order))

SHOP_EVENT(order_placed, "order.placed")
SHOP_EVENT(payment_taken, "payment.taken")
SHOP_EVENT(payment_failed, "payment.failed")
SHOP_EVENT(stock_reserved, "stock.reserved")
SHOP_EVENT(take_payment, "command.take-payment")
SHOP_EVENT(reserve_stock, "command.reserve-stock")
SHOP_EVENT(refund, "command.refund")
SHOP_EVENT(release_stock, "command.release-stock")
SHOP_EVENT(ship, "command.ship")
// [/events]
// NOLINTEND(readability-identifier-naming)

// [saga]
struct order_state {
  std::string order;
};
BOOST_DESCRIBE_STRUCT(order_state, (), (order))

ensue::saga_definition<order_state> fulfilment() {
  ensue::saga_definition<order_state> s{"fulfilment", 1};
  s.event(&order_placed::order).keep([](order_state& o, const order_placed& e) {
    o.order = e.order;
  });
  s.event(&payment_taken::order).undo([](const order_state& o) { return refund{o.order}; });
  s.event(&stock_reserved::order).undo([](const order_state& o) { return release_stock{o.order}; });
  s.event(&payment_failed::order).reason([](const payment_failed&) { return "card declined"; });

  s.state("new").on<order_placed>("collecting");
  s.state("collecting")
      .within(30min)
      .publish([](const order_state& o) { return take_payment{o.order}; })
      .publish([](const order_state& o) { return reserve_stock{o.order}; })
      .join<payment_taken, stock_reserved>(ensue::saga_completed)
      .on<payment_failed>(ensue::saga_compensated);
  s.state(ensue::saga_completed).publish([](const order_state& o) { return ship{o.order}; });
  return s;
}
// [/saga]

template <class E>
auto say() {
  return [](const E& e) {
    std::printf("  %s -> %s\n", e.order.c_str(), std::string{E::event_name}.c_str());
  };
}

int main() {
  ensue::sim::world world;
  ensue::bus bus{world.rt()};
  auto paying = bus.subscribe<take_payment>(say<take_payment>());
  auto reserving = bus.subscribe<reserve_stock>(say<reserve_stock>());
  auto refunding = bus.subscribe<refund>(say<refund>());
  auto releasing = bus.subscribe<release_stock>(say<release_stock>());
  auto shipping = bus.subscribe<ship>(say<ship>());

  // [run]
  ensue::memory_record_store store;
  ensue::sagas sagas{bus, store};
  sagas.add(fulfilment());
  world.block_on(sagas.start());
  // [/run]
  std::printf("%s", fulfilment().plan().text().c_str());

  const auto tell = [&]<class E>(E e) {
    std::printf("%s: %s\n", e.order.c_str(), std::string{E::event_name}.c_str());
    (void)bus.try_post<E>(std::move(e));
    world.run_for(1s);
  };
  tell(order_placed{"tea"});
  tell(stock_reserved{"tea"});
  tell(payment_taken{"tea"});

  tell(order_placed{"gold"});
  tell(stock_reserved{"gold"});
  tell(payment_failed{"gold"});

  tell(order_placed{"book"});
  tell(payment_taken{"book"});
  tell(payment_taken{"book"});
  std::printf("half an hour passes\n");
  world.run_for(30min);
  std::printf("book: %s\n", sagas.find("fulfilment", "book")->reason->c_str());
  tell(stock_reserved{"book"});

  std::printf("%s\n", sagas.account().text().c_str());
  world.block_on(sagas.stop());
}
