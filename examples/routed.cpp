// The same handlers on any transport: the URL decides.
//
//   routed                          both parts in one process, on memory:
//   routed sqlite:shop.db post      posts three orders and ends: nobody handles them
//   routed sqlite:shop.db work      another process, any time later: handles them
#include <ensue/ensue.hpp>
#include <ensue/event/registry.hpp>

#include <boost/describe/class.hpp>

#include <cstdio>
#include <string>

struct order_placed {
  static constexpr std::string_view event_name = "order.placed";
  int number = 0;
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(order_placed, (), (number, customer))

struct order_paid {
  static constexpr std::string_view event_name = "order.paid";
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(order_paid, (), (number))

// [handlers]
order_paid take_payment(const order_placed& e) {
  std::printf("payment: order %d of %s\n", e.number, e.customer.c_str());
  return {e.number};  // on the route, too: accepted before the order is acknowledged
}

void send_receipt(const order_paid& e, ensue::app& app) {
  std::printf("receipt: order %d\n", e.number);
  if (e.number == 3) app.stop("all is paid");
}
// [/handlers]

ensue::task<> post_orders(ensue::app& app, bool alone) {
  // [post]
  for (int number = 1; number <= 3; ++number)
    co_await app.bus().post<order_placed>(number, "ada");  // returns when the transport has it
  // [/post]
  std::printf("posted three orders\n");
  if (alone) app.stop("all is posted");
}

int main(int argc, char** argv) {
  const std::string url = argc > 1 ? argv[1] : "memory:";
  const std::string part = argc > 2 ? argv[2] : "";
  ensue::event_registry known;
  (void)known.add<order_placed>();
  (void)known.add<order_paid>();

  // [route]
  ensue::app app{"shop", {.bus = {.registry = &known}}};
  app.route({.pattern = "order.>", .url = url, .options = {.from_oldest = true}});
  if (part != "post") {
    app.on<order_placed>(take_payment, {.name = "payment"});  // the name is the consumer group
    app.on<order_paid>([&](const order_paid& e) { send_receipt(e, app); }, {.name = "receipt"});
  }
  // [/route]
  app.on<ensue::service_started>([&](const ensue::service_started&) -> ensue::task<> {
    if (part != "work") co_await post_orders(app, part == "post");
  });
  return app.run();
}
