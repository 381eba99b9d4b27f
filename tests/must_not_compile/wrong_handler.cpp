// expect: a handler must be callable as f(const Event&) or f(const Event&, context&)
#include <ensue/bus/bus.hpp>

struct placed {
  int id;
};

void subscribe(ensue::bus& bus) {
#ifndef CONTROL
  auto handler = [](int, int, int) {};
#else
  auto handler = [](const placed&) {};
#endif
  auto held = bus.subscribe<placed>(handler);
}
