#pragma once

#include <ensue/app/audit_file.hpp>
#include <ensue/base/result.hpp>
#include <ensue/bus/bus.hpp>

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// What a kill switch holds back.
struct kill_scope {
  enum class kind : std::uint8_t { app, component, event, key };
  kind what = kind::app;
  std::string name{};

  /// Every handler but the exempt ones.
  static kill_scope app() { return {}; }
  /// The subscriptions with that `component` in their options.
  static kill_scope component(std::string name) { return {kind::component, std::move(name)}; }
  /// The events of the type of that name, for handlers of its bases too.
  static kill_scope event(std::string name) { return {kind::event, std::move(name)}; }
  /// The events of that key, at every subscription that has a `key` in its options.
  static kill_scope key(std::string text) { return {kind::key, std::move(text)}; }

  /// "app", "component:risk", "event:order.placed", "key:BTC".
  std::string text() const;
  /// Errors: errc::invalid.
  static result<kill_scope> parse(std::string_view text);
  friend auto operator<=>(const kill_scope&, const kill_scope&) = default;
};

struct kill_switch_triggered {
  static constexpr std::string_view event_name = "ensue.kill_switch_triggered";
  std::string scope;
  std::string reason;
};
struct kill_switch_reset {
  static constexpr std::string_view event_name = "ensue.kill_switch_reset";
  std::string scope;
  std::string reason;  ///< why it had been triggered
};
/// Somebody tried to reset it without authority.
struct kill_switch_refused {
  static constexpr std::string_view event_name = "ensue.kill_switch_refused";
  std::string scope;
  std::string cause;
};

struct kill_switch_options {
  /// Where state and audit survive a restart; empty: nowhere.
  std::string file{};
  /// SHA-256 of the token that allows a reset, 64 hexadecimal digits; empty: nobody may.
  std::string authority_sha256{};
  /// Start in spite of a damaged file: it is set aside, and the switch is on for the whole app
  /// until somebody with authority resets it.
  bool accept_damage = false;
};

/// The emergency brake: stops handlers from being started, before the next one and ahead of all
/// that is queued. It sits in the bus, so that no handler can forget it. What is queued stays and
/// goes on after the reset; dropped as `halted` are what is emitted, events of a held key, and
/// those of a held type at handlers of its bases; handlers that run already go on. Subscriptions
/// with `exempt`, and those to the framework's own events ("ensue.…"), are not concerned.
///
/// Triggering is on the disk before `trigger` returns; a reset before it takes effect. When the
/// disk fails, a trigger holds all the same and a reset is refused.
/// Threads: loop thread only. Cost: each change is one write to the disk, on the loop.
class kill_switch {
 public:
  kill_switch(bus& b, kill_switch_options options);
  kill_switch(const kill_switch&) = delete;
  kill_switch& operator=(const kill_switch&) = delete;

  /// Reads state from the file and puts the brakes on that were on. An app has done so when it is
  /// made; once done, a further call changes nothing and says again what the first one said.
  /// Errors: errc::invalid (damaged; `problem` says where), errc::exists (another process uses it),
  /// those of the system. The switch is on for the whole app then.
  result<> open();
  const std::string& problem() const noexcept { return problem_; }

  /// True: it is on now and was not before. False: it was on, the first reason stays.
  bool trigger(std::string_view reason, const kill_scope& scope = kill_scope::app());
  /// Takes the brake of exactly this scope off.
  /// Errors: errc::refused: `authority` is not the token, or the disk failed; it is audited,
  /// published, and nothing changed. errc::not_found: it is not on.
  result<> reset(std::string_view authority, const kill_scope& scope = kill_scope::app());

  struct brake {
    kill_scope scope;
    std::string reason;
    wall_time since{};
  };
  /// On for this very scope, or for the whole app.
  bool active(const kill_scope& scope = kill_scope::app()) const noexcept;
  /// All that are on, in the order they were triggered.
  const std::vector<brake>& brakes() const noexcept { return brakes_; }

 private:
  result<> read_file();
  const brake* find(const kill_scope& scope) const noexcept;
  void take_over(const audit_entry& e);
  void apply();
  result<> record(std::string verb, const kill_scope& scope, std::string_view reason);
  bool authorised(std::string_view authority) const;
  result<> refuse(const kill_scope& scope, std::string_view cause);

  bus& bus_;
  kill_switch_options options_;
  audit_file audit_;
  std::vector<brake> brakes_;
  std::string problem_;
  std::optional<result<>> opened_;
};

}  // namespace ensue
