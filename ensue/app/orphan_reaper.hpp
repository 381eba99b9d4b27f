#pragma once

#include <ensue/async/runtime.hpp>

#include <functional>
#include <memory>

namespace ensue {

/// Collects the ended processes that the kernel hands to process 1 of a container, or to a child
/// subreaper: without that they stay in the process table for ever. Children that an
/// `ensue::process` holds are left to it; any other child of this process is collected too.
///
/// Threads: loop thread. Cost: nothing until a process ends; then a look at /proc. Linux only.
class orphan_reaper {
 public:
  /// `on_reaped(pid)` is called on the loop, if given.
  explicit orphan_reaper(runtime& rt, std::function<void(int)> on_reaped = {});
  orphan_reaper(const orphan_reaper&) = delete;
  orphan_reaper& operator=(const orphan_reaper&) = delete;
  ~orphan_reaper();

 private:
  struct state;
  static void await(const std::shared_ptr<state>& s);
  std::shared_ptr<state> state_;
};

}  // namespace ensue
