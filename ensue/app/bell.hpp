#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/wait.hpp>

namespace ensue {

/// Wakes everybody in a list at a time, once: the deadline of those who wait for one of several
/// things to happen and look again at each wake. Loop thread only.
class bell : private timer_entry {
 public:
  bell(runtime& rt, work_list& list, time_point when)
      : timer_entry{&bell::ring}, rt_{rt}, list_{list} {
    move_to(when);
  }
  ~bell() { rt_.disarm(*this); }
  bool rang() const noexcept { return rang_; }
  /// Earlier or later; nothing once it rang.
  void move_to(time_point when) {
    if (rang_) return;
    when_ = when;
    rt_.disarm(*this);
    if (when != never) rt_.arm(*this, when);
  }
  time_point when() const noexcept { return when_; }

 private:
  static void ring(work& w) {
    auto& self = static_cast<bell&>(w);
    self.rang_ = true;
    wake_all(self.list_);
  }
  runtime& rt_;
  work_list& list_;
  time_point when_ = never;
  bool rang_ = false;
};

}  // namespace ensue
