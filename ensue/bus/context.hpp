#pragma once

#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/event_ref.hpp>
#include <ensue/bus/posting.hpp>
#include <ensue/bus/stamp.hpp>

#include <string_view>

namespace ensue {

/// What a handler may take beside the event: who it is, where it came from, and the way to publish
/// events as caused by it. Lives as long as the handler's call; loop thread only.
class context {
 public:
  context(dispatcher& d, frame& at, subscription_state& self) noexcept
      : dispatcher_{d}, at_{at}, self_{self} {}
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  /// The event's id, made now if nobody asked before (cost then: one clock read, one draw).
  const uuid& event_id();
  envelope& meta() { return dispatcher_.story_of(at_).env; }
  std::string_view event_name() const noexcept { return event().name(); }
  event_ref event() const noexcept {
    return {*at_.type, at_.event, dispatcher_.options().registry};
  }
  std::string_view subscription() const noexcept { return self_.name(); }
  std::uint32_t depth() const noexcept { return at_.depth; }
  /// When this must be done: the event's own deadline or the end of this attempt, what is earlier.
  time_point deadline() const noexcept {
    // An emitted event has no story of its own before somebody asks: its cause's deadline holds.
    const frame* f = &at_;
    while (!f->known_story() && !f->rec && f->outer) f = f->outer;
    const lineage* story = f->known_story();
    return story && story->env.deadline < attempt_end_ ? story->env.deadline : attempt_end_;
  }
  /// From 1; more when earlier attempts with this event have failed.
  unsigned attempt() const noexcept { return attempt_; }
  void set_attempt(unsigned number, time_point end) noexcept {
    attempt_ = number;
    attempt_end_ = end;
  }
  /// Whether the event, or one that led to it, was replayed from a log. See `effects_allowed`.
  replay_mark replay() const noexcept {
    const frame* f = &at_;
    while (!f->known_story() && !f->rec && f->outer) f = f->outer;
    const lineage* story = f->known_story();
    return story ? story->env.replay : replay_mark::none;
  }
  runtime& rt() noexcept { return dispatcher_.rt(); }

  /// As the bus's, with the handled event as the cause.
  template <ensue::event E, class... Args>
  [[nodiscard]] error_code try_post(Args&&... args) {
    return detail::try_post(dispatcher_,
                            detail::build<E>(dispatcher_, &at_, std::forward<Args>(args)...));
  }
  /// As above, but waits for room instead of refusing, as `bus::post` does.
  ///
  /// Cancellation: while waiting: the event was not accepted anywhere.
  /// Errors:       throws system_error(errc::closed, full or too_deep): not accepted anywhere.
  template <ensue::event E, class... Args>
  [[nodiscard]] posted post(Args&&... args) {
    return detail::post(dispatcher_,
                        detail::build<E>(dispatcher_, &at_, std::forward<Args>(args)...));
  }
  /// As above, but completes when every handler has settled, as `bus::publish` does.
  template <ensue::event E, class... Args>
  [[nodiscard]] task<publish_result> publish(Args&&... args) {
    return detail::publish(dispatcher_.shared_from_this(),
                           detail::build<E>(dispatcher_, &at_, std::forward<Args>(args)...),
                           nullptr);
  }
  template <ensue::event E>
  emit_result emit(const E& e) {
    return dispatcher_.emit_from(at_, type_id<E>(), event_type<E>(), &e);
  }

  /// The verbs with a stamp, the handled event as the cause: its deadline is inherited and can only
  /// be made earlier. Use it during the handler's call.
  [[nodiscard]] stamped with(event_stamp stamp) {
    return {dispatcher_.shared_from_this(), &at_, std::move(stamp)};
  }

  /// For middleware: the handler itself was called, not only what stands around it.
  bool reached() const noexcept { return reached_; }
  void set_reached(bool yes) noexcept { reached_ = yes; }

  frame& at() noexcept { return at_; }
  dispatcher& engine() noexcept { return dispatcher_; }

 private:
  dispatcher& dispatcher_;
  frame& at_;
  subscription_state& self_;
  time_point attempt_end_ = never;
  unsigned attempt_ = 1;
  bool reached_ = true;
};

/// The gate that everything asks which leaves the process or outlives it (a webhook, a remote
/// publish, a step of a saga): false while the event at hand is a replay that must stay inside.
inline bool effects_allowed(const context& c) noexcept {
  return c.replay() != replay_mark::held_back;
}

}  // namespace ensue
