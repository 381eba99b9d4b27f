// expect: for a generic one write subscribe<Event>(handler)
#include <ensue/bus/bus.hpp>

struct order {
  int id;
};

void wait_for_orders(ensue::bus& b) {
#ifndef CONTROL
  auto s = b.subscribe([](const auto&) {});
#else
  auto s = b.subscribe<order>([](const auto&) {});
#endif
}
