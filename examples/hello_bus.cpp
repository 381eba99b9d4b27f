// The smallest program: one event, two handlers, one of them a coroutine.
// [hello]
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/bus/bus.hpp>

#include <cstdio>

struct order_placed {
  int id;
  double amount;
};

ensue::task<> send_receipt(const order_placed& o, ensue::context& c) {
  co_await ensue::yield(c.rt());  // anything that waits: a socket, a timer, a database
  std::printf("receipt for order %d\n", o.id);
}

int main() {
  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  auto audit = bus.subscribe<order_placed>(
      [](const order_placed& o) { std::printf("order %d: %.2f\n", o.id, o.amount); });
  auto receipts = bus.subscribe<order_placed>(send_receipt, {.name = "receipts"});
  ensue::block_on(loop, bus.publish<order_placed>(1, 49.99));
  std::printf("%s\n", bus.total().text().c_str());
}
// [/hello]
