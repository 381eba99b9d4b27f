// [hello]
#include <ensue/ensue.hpp>

#include <iostream>

struct order_placed {
  int id;
  std::string item;
};

void reserve(const order_placed& order) {
  std::cout << "reserved " << order.item << " for order " << order.id << '\n';
}

int main() {
  ensue::app app{"shop"};
  app.on<order_placed>(reserve, {.name = "stock"});
  (void)app.bus().try_post<order_placed>(7, "a lamp");
  app.stop("the only order is in");  // a service leaves this out: Ctrl-C stops it as orderly
  return app.run();
}
// [/hello]
