// A program outside of the project, as a user's first one.
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/task.hpp>

#include <iostream>

ensue::task<int> answer() { co_return 42; }

int main() {
  ensue::loop_runtime runtime;
  if (ensue::block_on(runtime, answer()) != 42) return 1;
  std::cout << "hello from outside\n";
}
