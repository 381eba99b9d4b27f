#pragma once

#include <ensue/bus/subscription_state.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <deque>

namespace ensue {

/// Order within a key: only made for subscriptions that have one.
struct subscription_state::lanes {
  boost::unordered_flat_map<std::uint64_t, std::deque<queued_event>> busy;  // a key being handled
  std::deque<queued_event> unlocked;  // successors of a finished key, next in turn
};

}  // namespace ensue
