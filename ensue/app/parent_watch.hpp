#pragma once

#include <ensue/async/runtime.hpp>

#include <functional>
#include <memory>

namespace ensue {

/// How the end of the process that started this one is noticed.
enum class parent_death : std::uint8_t {
  ignored,
  stdin_eof,  ///< the other end of standard input was closed; what comes in is thrown away
  signal,     ///< the kernel sends SIGTERM (Linux: when the parent's starting thread ends)
};

/// Calls `on_death` on the loop, once. With `signal` it is SIGTERM that comes instead. Real runtime
/// only.
class parent_watch {
 public:
  parent_watch(runtime& rt, parent_death how, std::function<void()> on_death);
  parent_watch(const parent_watch&) = delete;
  parent_watch& operator=(const parent_watch&) = delete;
  ~parent_watch();

 private:
  struct state;
  static void await(const std::shared_ptr<state>& s);
  std::shared_ptr<state> state_;
};

}  // namespace ensue
