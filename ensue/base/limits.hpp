#pragma once

#include <chrono>
#include <cstddef>

/// Every bound of the lower layers, with its default. 0 never means unlimited.
namespace ensue::limits {

inline constexpr std::size_t queue_capacity = 1024;        ///< events per subscription queue
inline constexpr std::size_t inbox_capacity = 1024;        ///< events per foreign producer's lane
inline constexpr std::size_t scope_children_max = 10'000;  ///< tasks alive in one scope
inline constexpr std::size_t offload_threads = 4;          ///< blocking work beside the loop
inline constexpr std::size_t offload_queue_max = 256;      ///< jobs waiting for such a thread
inline constexpr unsigned event_depth_max = 16;            ///< hops from the root event
inline constexpr std::size_t event_budget_max = 100'000;   ///< events one root event may cause
inline constexpr std::chrono::milliseconds watchdog_after{250};  ///< a handler held the loop
inline constexpr std::chrono::seconds component_stop{5};
inline constexpr std::chrono::seconds drain{10};

}  // namespace ensue::limits
