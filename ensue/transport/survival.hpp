#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ensue {

/// The worst failure that an accepted event survives, in rising order.
enum class survival : std::uint8_t {
  none,     ///< lives in the memory of one process
  process,  ///< kill -9 of any process, the server's included
  power     ///< what was not synced to the disk is gone
};
std::string_view name_of(survival level) noexcept;

/// What a transport was found to give, as its server is configured now. What could not be found out
/// counts as not given.
struct guarantee {
  survival accepted = survival::none;
  bool replicated = false;  ///< an accepted event also survives the loss of one node
  /// What stands against the next level and how to change it: "redis: appendfsync is everysec; set
  /// it to always for survival::power". Empty at the highest.
  std::string obstacle{};
};

}  // namespace ensue
