#pragma once

#include <ensue/bus/record.hpp>

#include <cstdint>
#include <memory>

namespace ensue {

class publication;
class subscription_state;
struct dispatch_list;

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
  std::uint32_t failed = 0;                ///< handlers that threw
  const dispatch_list* list = nullptr;     ///< walked by emit
  std::unique_ptr<lineage> own_story{};    ///< when there is no record yet

  /// Where the event comes from, made on first use.
  lineage& story() {
    auto& holder = rec ? rec->story : own_story;
    if (!holder) {
      holder = std::make_unique<lineage>();
      holder->env.depth = depth;
    }
    return *holder;
  }
  const lineage* known_story() const noexcept { return rec ? rec->story.get() : own_story.get(); }
};

}  // namespace ensue
