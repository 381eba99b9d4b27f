#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>

#include <initializer_list>
#include <memory>

namespace ensue {

/// Signals of the operating system as events of the loop. From construction on the default action
/// (ending the process) is off, and none that arrives is lost. Real runtime only.
///
/// Lifetime: of the runtime. Threads: loop thread; one coroutine waits at a time.
class signals {
 public:
  signals(runtime& rt, std::initializer_list<int> numbers);
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;
  ~signals();

  /// The number of the next one.
  /// Cancellation: throws; a signal that comes later is not lost. Errors: none.
  task<int> next();

 private:
  struct set;
  std::unique_ptr<set> set_;
};

}  // namespace ensue
