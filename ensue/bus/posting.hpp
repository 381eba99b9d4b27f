#pragma once

#include <ensue/async/task.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/event/type_id.hpp>

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace ensue {

/// What `publish` reports once every handler has settled. Among the failures is, with
/// errc::too_deep and the cycle's text, a chain of events that these handlers caused and the storm
/// guard cut.
struct publish_result {
  std::uint32_t delivered = 0;
  std::vector<failure> failures;
  bool ok() const noexcept { return failures.empty(); }
};

namespace detail {

/// A record with its event built in place from `args` (parenthesised, so aggregates work).
template <event E, class... Args>
record_ref build(dispatcher& d, frame* cause, Args&&... args) {
  static_assert(alignof(E) <= record::header, "an event may be aligned to a cache line at most");
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

/// Where `collect` wants the results of one type.
struct collector {
  const void* type;
  void (*add)(void* results, void* value);
  void* results;
};
/// Emits and waits until all have settled. Throws on refusal.
task<publish_result> publish(std::shared_ptr<dispatcher> d, record_ref r,
                             const collector* collecting);
/// Queues the event with the subscribers of these names alone, plain ones too, and waits until they
/// have settled; with all of them when `into` is empty. Throws on refusal.
task<publish_result> deliver(std::shared_ptr<dispatcher> d, record_ref r,
                             std::vector<std::string> into);

}  // namespace detail
}  // namespace ensue
