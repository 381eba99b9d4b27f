#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ensue {

/// Why an accepted event was dropped without being handled.
enum class drop_reason : std::uint8_t {
  overflow_oldest,  ///< made room for a newer one
  overflow_newest,  ///< found no room
  superseded,       ///< a newer event of the same key took its place
  rejected,         ///< emitted or forced to a full queue that rejects
  halted,           ///< the kill switch was on
  unsubscribed,     ///< its subscription ended while it was queued
  shutdown,         ///< the bus closed before it was reached
  middleware,       ///< a middleware around the handler did not call on
  duplicate,        ///< a copy of an event that was handled
  count             ///< how many reasons there are
};
std::string_view text(drop_reason reason) noexcept;

/// What became of every event a subscription was given. Exact at every step:
/// accepted == handled + filtered + expired + dead + dropped + in_flight, where in_flight counts
/// those queued as well as those being handled.
struct ledger {
  std::uint64_t accepted = 0;
  std::uint64_t handled = 0;
  std::uint64_t filtered = 0;  ///< the subscription's `where` said no
  std::uint64_t expired = 0;   ///< deadline passed before the handler began
  std::uint64_t dead = 0;      ///< the handler failed for good
  std::array<std::uint64_t, static_cast<std::size_t>(drop_reason::count)> dropped{};
  std::uint64_t queued = 0;
  std::uint64_t running = 0;

  std::uint64_t dropped_total() const noexcept;
  std::uint64_t in_flight() const noexcept { return queued + running; }
  std::uint64_t settled() const noexcept {
    return handled + filtered + expired + dead + dropped_total();
  }
  /// The conservation law.
  bool balanced() const noexcept { return accepted == settled() + in_flight(); }
  std::uint64_t& dropped_for(drop_reason r) noexcept {
    return dropped[static_cast<std::size_t>(r)];
  }
  ledger& operator+=(const ledger& other) noexcept;

  /// "accepted 10 = handled 9 + dead 1", zero parts left out.
  std::string text() const;
};

}  // namespace ensue
