// expect: a member handler takes (const Event&) or (const Event&, context&)
#include <ensue/bus/bus.hpp>

struct order {
  int id;
};
struct desk {
  void by_value(order) {}
  void by_reference(const order&) {}
};

void wait_for_orders(ensue::bus& b, desk& d) {
#ifndef CONTROL
  auto s = b.subscribe(&d, &desk::by_value);
#else
  auto s = b.subscribe(&d, &desk::by_reference);
#endif
}
