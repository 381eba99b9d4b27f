// expect: a batch handler must be callable as f(const batch<Event>&)
#include <ensue/bus/bus.hpp>

struct order {
  int id;
};

void wait_for_orders(ensue::bus& b) {
#ifndef CONTROL
  auto s = b.subscribe_batch<order>([](const order&) {});
#else
  auto s = b.subscribe_batch<order>([](const ensue::batch<order>&) {});
#endif
}
