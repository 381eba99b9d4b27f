#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/event/cloud_event.hpp>

#include <cstdint>
#include <string>

namespace ensue {

/// One attempt of one group to have one event handled. Whoever holds it settles it once.
struct delivery {
  cloud_event event;
  std::uint64_t token = 0;   ///< names this attempt, for its consumer alone
  unsigned attempt = 1;      ///< 2 and more: certainly delivered before
  bool maybe_again = false;  ///< may have been delivered before: its last member vanished
  time_point until = never;  ///< the lease: afterwards somebody else may get it
  std::string position{};    ///< where it stands in the transport's log; empty: it has none
};

/// What becomes of a delivery.
struct settlement {
  enum class kind : std::uint8_t {
    ack,          ///< handled: never again in this group
    retry_later,  ///< comes again, after `wait` at the earliest; what follows it in its key waits
    dead          ///< given up: never again, kept as dead where the transport keeps them
  };
  kind what = kind::ack;
  duration wait{};
  std::string reason{};  ///< of the dead
};

}  // namespace ensue
