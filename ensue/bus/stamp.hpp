#pragma once

#include <ensue/bus/posting.hpp>
#include <ensue/event/trace.hpp>

#include <string>
#include <utility>

namespace ensue {

/// What a publisher may say about an event beside its payload.
struct event_stamp {
  uuid id{};  ///< nil: made when somebody asks; the same id and source are the same event to dedupe
  time_point deadline = never;            ///< not begun later than this: expired, on every hop
  duration expires_in = duration::max();  ///< as above, from now; the earlier of both counts
  std::string source{};                   ///< empty: the bus's
  std::string subject{};                  ///< what it is about
  std::string key{};                      ///< for order and partitions where it leaves the process
  trace_parent trace{};                   ///< of the request it comes from
};

namespace detail {
/// Writes `stamp` into the envelope of an event nobody has seen yet.
void apply(runtime& rt, record& r, const event_stamp& stamp);
}  // namespace detail

/// A bus's verbs with a stamp on each event: `co_await bus.with(stamp).post<order_placed>(7)`. A
/// value; refers to its bus. What the verbs do, cost and throw: see bus.
class stamped {
 public:
  stamped(std::shared_ptr<dispatcher> d, frame* cause, event_stamp stamp)
      : dispatcher_{std::move(d)}, cause_{cause}, stamp_{std::move(stamp)} {}

  template <event E, class... Args>
  emit_result emit(Args&&... args) {
    const record_ref r = build<E>(std::forward<Args>(args)...);
    return dispatcher_->emit_record(*r.get());
  }
  template <event E, class... Args>
  [[nodiscard]] error_code try_post(Args&&... args) {
    return detail::try_post(*dispatcher_, build<E>(std::forward<Args>(args)...));
  }
  /// Cancellation: as `bus::post`.
  /// Errors:       as `bus::post`.
  template <event E, class... Args>
  [[nodiscard]] posted post(Args&&... args) {
    return detail::post(*dispatcher_, build<E>(std::forward<Args>(args)...));
  }
  /// Cancellation: as `bus::publish`.
  /// Errors:       as `bus::publish`.
  template <event E, class... Args>
  [[nodiscard]] task<publish_result> publish(Args&&... args) {
    return detail::publish(dispatcher_, build<E>(std::forward<Args>(args)...), nullptr);
  }

 private:
  template <event E, class... Args>
  record_ref build(Args&&... args) {
    record_ref r = detail::build<E>(*dispatcher_, cause_, std::forward<Args>(args)...);
    detail::apply(dispatcher_->rt(), *r.get(), stamp_);
    return r;
  }

  std::shared_ptr<dispatcher> dispatcher_;
  frame* cause_;
  event_stamp stamp_;
};

}  // namespace ensue
