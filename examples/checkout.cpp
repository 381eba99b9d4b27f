// An order is paid, its goods are reserved, a receipt is sent. First coupled: one function calls
// the next, and a mail server that is down fails the order. Then by events: each step knows only
// what happened before it, and the receipt is retried on its own.
#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

struct order_placed {
  std::string order;
  int cents;
};
struct payment_processed {
  std::string order, transaction;
};
struct inventory_reserved {
  std::string order, warehouse;
};

// The outside world: the mail server is down for the first two mails.
class mail_server {
 public:
  void send(const std::string& order) {
    if (++calls_ <= 2) throw std::runtime_error("the mail server is down");
    std::printf("  receipt for %s\n", order.c_str());
  }

 private:
  int calls_ = 0;
};

namespace coupled {

void send_receipt(mail_server& mail, const std::string& order) { mail.send(order); }
void reserve(mail_server& mail, const std::string& order) {
  std::printf("  %s reserved in Hamburg\n", order.c_str());
  send_receipt(mail, order);
}
void place(mail_server& mail, const std::string& order, int cents) {
  std::printf("  %s paid: %d cents\n", order.c_str(), cents);
  reserve(mail, order);
}

}  // namespace coupled

int main() {
  std::printf("coupled:\n");
  mail_server first;
  try {
    coupled::place(first, "tea", 450);
  } catch (const std::exception& e) {
    std::printf("  the order failed although it is paid and reserved: %s\n", e.what());
  }

  std::printf("by events:\n");
  mail_server mail;
  ensue::sim::world world;
  ensue::bus bus{world.rt()};
  // [handlers]
  auto payments = bus.subscribe<order_placed>([](const order_placed& e) {
    std::printf("  %s paid: %d cents\n", e.order.c_str(), e.cents);
    return payment_processed{e.order, "T-1"};  // published as caused by the order
  });
  auto inventory = bus.subscribe<payment_processed>([](const payment_processed& e) {
    std::printf("  %s reserved in Hamburg\n", e.order.c_str());
    return inventory_reserved{e.order, "Hamburg"};
  });
  auto receipts = bus.subscribe<inventory_reserved>(
      [&](const inventory_reserved& e, ensue::context& c) {
        std::printf("  attempt %u to send the receipt\n", c.attempt());
        mail.send(e.order);
      },
      {.name = "receipt", .retry = {.attempts = 4, .base = 200ms, .cap = 2s}});
  // [/handlers]
  world.block_on(bus.post<order_placed>("tea", 450));
  world.block_on(bus.wait_idle());
  std::printf("%s\n", receipts.counts().text().c_str());
}
