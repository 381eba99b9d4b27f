// A program outside of the project, as a user's first one.
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/bus.hpp>

#include <iostream>
#include <string>

struct greeting {
  std::string from;
};

ensue::task<> greet(ensue::bus& bus) { co_await bus.publish<greeting>("outside"); }

int main() {
  ensue::loop_runtime runtime;
  ensue::bus bus{runtime};
  auto held = bus.subscribe<greeting>(
      [](const greeting& g) { std::cout << "hello from " << g.from << "\n"; });
  ensue::block_on(runtime, greet(bus));
}
