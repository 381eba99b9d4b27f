// A shop in which a coupon may be used once, and the simulator that finds out that it may be used
// more often. docs/simulate.md is about this file.
#include <ensue/async/sleep.hpp>
#include <ensue/testing/sim_main.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

// [service]
struct order_placed {
  int id = 0;
  std::string coupon{};
};

struct coupon_book {
  std::vector<int> discounts{};  // the orders that got one
};

// Reads whether the coupon was used, then writes that it is: a query and an update.
task<> give_discount(const order_placed& order, context& c, durable<coupon_book>& database) {
  co_await sleep_for(c.rt(), 2ms, "database query");
  const bool used = !database->discounts.empty();
  if (used) co_return;
  co_await sleep_for(c.rt(), 3ms, "database update");
  database.change([&](coupon_book& book) { book.discounts.push_back(order.id); });
}
// [/service]

task<> place_orders(service& shop, std::uint64_t orders) {
  for (std::uint64_t id = 1; id <= orders; ++id) {
    co_await shop.bus().post<order_placed>(static_cast<int>(id), "WELCOME");
    co_await sleep_for(shop.rt(), 10ms, "next customer");
  }
  co_await shop.bus().wait_idle();
}

void simulate(simulation& w, const subscribe_options<order_placed>& options) {
  // [scenario]
  auto& database = w.durable<coupon_book>();
  const std::uint64_t orders = w.size("orders", 2, 20);
  w.client("shop", [&](service& shop) {
    shop.on<order_placed>(
        [&](const order_placed& o, context& c) { return give_discount(o, c, database); }, options);
    return place_orders(shop, orders);
  });
  w.always("a coupon is used once", [&] { return database->discounts.size() <= 1; });
  w.run();
  // [/scenario]
}

void coupon(simulation& w) {
  // [race]
  simulate(w, {.concurrency = 4});
  // [/race]
}

void mended(simulation& w) {
  // [mended]
  simulate(w, {.concurrency = 4, .key = &order_placed::coupon});
  // [/mended]
}

// [main]
int main(int argc, char** argv) {
  return sim_main(argc, argv,
                  {{"coupon", "four orders at a time", coupon},
                   {"mended", "four at a time, but one of a coupon", mended}},
                  "./dev run coupon");
}
// [/main]
