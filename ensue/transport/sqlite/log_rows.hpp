#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/transport/sqlite/connection.hpp>
#include <ensue/transport/sqlite/event_row.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ensue::sqlite {

/// The log, on the thread of the database; inside a transaction. Errors: `failure`.

/// Appends those that are not stored yet. Returns how many were.
std::size_t append(connection& on, const std::vector<cloud_event>& events, wall_time now);

struct stored_event {
  std::uint64_t position = 0;
  cloud_event event{};
  bool damaged = false;
};
/// Up to `most` events behind `after` and not behind `last`, in order.
std::vector<stored_event> read_log(connection& on, std::uint64_t after, std::uint64_t last,
                                   std::size_t most);
std::optional<stored_event> read_one(connection& on, std::uint64_t position);
std::uint64_t last_position(connection& on);

struct retention {
  std::size_t count_max = 1'000'000;           ///< events kept though every group settled them
  duration age_max = std::chrono::hours{168};  ///< since they were stored
  bool drop_unsettled = false;  ///< also what a group has not settled; never what is dead
};
/// The first position that a group has not settled; one behind the log: none.
std::uint64_t first_unsettled(connection& on);
/// Removes at most `most` of what need not be kept. The newest stays: its position must not be used
/// again. Returns how many.
std::size_t trim(connection& on, const retention& r, wall_time now, std::size_t most);

}  // namespace ensue::sqlite
