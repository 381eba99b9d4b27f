#pragma once

#include <ensue/bus/dispatcher.hpp>

namespace ensue {

/// Marks that calls into handlers are on the stack: until the outermost one leaves, nothing they
/// might still touch is freed, the dispatcher included.
class dispatcher::on_stack {
 public:
  explicit on_stack(dispatcher& d) noexcept : dispatcher_{d} { ++d.depth_; }
  on_stack(const on_stack&) = delete;
  on_stack& operator=(const on_stack&) = delete;
  ~on_stack() {
    --dispatcher_.depth_;
    if (dispatcher_.deferred_) [[unlikely]]
      dispatcher_.settle_deferred();
  }

 private:
  dispatcher& dispatcher_;
};

}  // namespace ensue
