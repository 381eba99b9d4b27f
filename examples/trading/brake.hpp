#pragma once

#include <ensue/bus/bus.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace trading {

/// The kill switch of the day: stops every subscription of one component before its next call.
/// What is emitted to them meanwhile is dropped as `halted`, by the bus, so no handler can forget.
class brake {
 public:
  /// `authority` is what a reset must show.
  brake(ensue::bus& bus, std::string_view component, std::string authority);

  /// Pulls it. Idempotent: the first reason stays.
  void trigger(std::string reason);
  /// Releases it when `authority` is right; else false, and the attempt is counted.
  bool reset(std::string_view authority);

  bool active() const noexcept { return active_; }
  const std::string& reason() const noexcept { return reason_; }
  std::int64_t triggers() const noexcept { return triggers_; }
  std::int64_t refused_resets() const noexcept { return refused_; }

 private:
  void halt(bool on);

  ensue::bus& bus_;
  std::string component_;
  std::string authority_;
  std::string reason_;
  bool active_ = false;
  std::int64_t triggers_ = 0;
  std::int64_t refused_ = 0;
};

}  // namespace trading
