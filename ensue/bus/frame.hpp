#pragma once

#include <ensue/bus/record.hpp>

#include <cstdint>
#include <memory>

namespace ensue {

class publication;
class subscription_state;

/// One event being handed to handlers right now: on the stack of `emit`, of a queue's drain or in
/// a worker's coroutine. Plain handlers find the innermost one as `dispatcher::top()`; that is how
/// an event published inside a handler knows its cause, its depth and the chain that led to it.
struct frame {
  frame* outer = nullptr;
  const event_type_info* type = nullptr;
  const void* event = nullptr;  ///< of `type`, not upcast
  record* rec = nullptr;        ///< null under emit, until somebody queues the event
  publication* waiting = nullptr;
  subscription_state* const* running = nullptr;  ///< whose handler is being called
  std::uint32_t depth = 0;
  std::uint32_t queued = 0;                ///< subscriptions that took the event into a queue
  std::unique_ptr<envelope> env{};           ///< when there is no record yet
  std::shared_ptr<storm_account> account{};  ///< likewise

  std::shared_ptr<storm_account>& root() noexcept { return rec ? rec->root : account; }

  /// The event's envelope, made on first use and never again elsewhere.
  envelope& meta() {
    auto& holder = rec ? rec->env : env;
    if (!holder) {
      holder = std::make_unique<envelope>();
      holder->depth = depth;
    }
    return *holder;
  }
};

}  // namespace ensue
