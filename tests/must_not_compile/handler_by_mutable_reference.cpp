// expect: which event? A handler takes (const Event&) or (const Event&, context&)
#include <ensue/bus/bus.hpp>

struct order {
  int id;
};

void wait_for_orders(ensue::bus& b) {
#ifndef CONTROL
  auto s = b.subscribe([](order& o) { o.id = 0; });
#else
  auto s = b.subscribe([](const order&) {});
#endif
}
