#pragma once

#include <ensue/async/task.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/posted.hpp>
#include <ensue/event/json_text.hpp>
#include <ensue/event/type_id.hpp>

#include <memory>
#include <new>
#include <string_view>
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

/// A record of an event by name, as `bus::post_named` makes it; or what is wrong with the text.
json_result<record_ref> named_record(dispatcher& d, std::string_view name, std::string_view json,
                                     int version);

/// Queues the event with every subscriber, or with none and says why.
inline error_code try_post(dispatcher& d, const record_ref& r) {
  subscription_state* blocked = nullptr;
  const error_code ec = d.accept(*r.get(), &blocked);
  if (blocked) [[unlikely]]
    blocked->count_refused();
  return ec;
}
/// As above at the call, if there is room; else what comes back waits for it. With a route: waits
/// until the event is accepted there. Throws on refusal.
posted post(dispatcher& d, record_ref r);

/// Queues an event whose only subscriber has room by building it in that queue: no record, nothing
/// to release. False: not this time, build a record. Observable is no difference.
template <event E, class... Args>
bool post_in_place(dispatcher& d, Args&&... args) {
  if constexpr (!fits_in_queue<E>) {
    return false;
  } else {
    subscription_state* const s = d.sole_taker(type_id<E>());
    void* const place = s ? s->queue().place() : nullptr;
    if (!place) return false;
    ::new (place) E(std::forward<Args>(args)...);
    ENSUE_ASSERT(s->queue().place() == place, "an event's constructor posts its own type");
    s->accept_placed(d.rt().turn_time());
    d.add_pending(1);
    return true;
  }
}

/// Ties an event to who waits for it. A cancelled wait must not leave a pointer to itself behind.
class waits_for {
 public:
  waits_for(record& r, publication& p) noexcept : record_{r} { r.waiting = &p; }
  waits_for(const waits_for&) = delete;
  waits_for& operator=(const waits_for&) = delete;
  ~waits_for() { record_.waiting = nullptr; }

 private:
  record& record_;
};

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
