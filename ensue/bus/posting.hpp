#pragma once

#include <ensue/async/task.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/event/type_id.hpp>

#include <new>
#include <utility>

namespace ensue::detail {

/// A record with its event built in place from `args` (parenthesised, so aggregates work).
template <event E, class... Args>
record_ref build(dispatcher& d, frame* cause, Args&&... args) {
  record* r = d.make_record(type_id<E>(), event_type<E>(), cause);
  try {
    ::new (r->payload()) E(std::forward<Args>(args)...);
  } catch (...) {
    r->pool->give_back(r);
    throw;
  }
  return record_ref{r};
}

/// Queues the event with every subscriber, or with none and says why.
error_code try_post(dispatcher& d, record_ref r);
/// As above at the call, if there is room; else the task waits for it. Throws on refusal.
task<> post(dispatcher& d, record_ref r);

}  // namespace ensue::detail
