#pragma once

#include <ensue/bus/record.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace ensue {

class publication;
struct delegate;
struct dispatch_list;

/// One event being handed to handlers right now: on the stack of `emit`, of a queue's drain or in
/// a worker's coroutine. Plain handlers find the innermost one as `dispatcher::top()`; that is how
/// an event published inside a handler knows its cause, its depth and the chain that led to it.
struct frame {
  frame* outer = nullptr;
  const event_type_info* type = nullptr;
  const void* event = nullptr;        ///< of `type`, not upcast
  record* rec = nullptr;              ///< null under emit, until somebody queues the event
  const delegate* running = nullptr;  ///< of `list`: whose handler is being called, or has failed
  std::uint32_t depth = 0;
  std::uint32_t nested = 0;       ///< emits below it when it is the outermost (storm guard)
  std::uint64_t counts = 0;       ///< those that queued it less those that did not handle it at
                                  ///< once; in the high half: failures
  dispatch_list* list = nullptr;  ///< walked by emit
  lineage* own_story = nullptr;   ///< when there is no record yet; owned, see drop_story
  bool settled = false;           ///< the handler of `running` has failed, which is told now

  static constexpr std::uint64_t one_queued = 1, one_failed = std::uint64_t{1} << 32;

  /// Who waits for the event to settle, if anybody still does.
  publication* waiting() const noexcept { return rec ? rec->waiting : nullptr; }

  /// Where the event comes from, made on first use; dispatcher::story_of also names its cause.
  lineage& story() {
    if (rec) {
      if (!rec->story) rec->story = begin_story();
      return *rec->story;
    }
    if (!own_story) own_story = begin_story().release();
    return *own_story;
  }
  const lineage* known_story() const noexcept { return rec ? rec->story.get() : own_story; }
  /// By hand, so that a frame costs nothing to leave.
  void drop_story() noexcept { delete std::exchange(own_story, nullptr); }

 private:
  std::unique_ptr<lineage> begin_story() const {
    auto story = std::make_unique<lineage>();
    story->env.depth = depth;
    return story;
  }
};

}  // namespace ensue
