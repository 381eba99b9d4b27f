#pragma once

#include <ensue/event/cloud_event.hpp>
#include <ensue/transport/sqlite/connection.hpp>
#include <ensue/transport/sqlite/event_row.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue::sqlite {

/// A transaction of the user's on the transport's file: what is done in it, what is published in it
/// and the settlement of the delivery it is about are committed together, or none of it.
///
/// Limits: a text of a statement stays prepared as long as the file is open: write `?1`, not
/// values. Threads: that of the database; it must touch nothing else of the program. Errors:
/// `failure` (a system_error with the statement in its text); leave it alone, it takes everything
/// back and reaches who awaits the transaction. So does all else that is thrown.
class tx {
 public:
  tx(connection& on, wall_time now) noexcept : on_{on}, now_{now} {}

  /// One statement with its parameters, ?1 and so on. Returns how many rows it changed.
  template <class... Args>
  std::int64_t execute(std::string_view sql, const Args&... args) {
    return on_.use(sql).with(args...).run();
  }
  /// To read: `auto s = t.query("SELECT …", id); while (s.row()) … s.integer(0) …`
  template <class... Args>
  statement query(std::string_view sql, const Args&... args) {
    statement s = on_.use(sql);
    s.with(args...);
    return s;
  }
  /// Into the log of this file, from where groups and relays take it. Errors: errc::invalid:
  /// malformed or too big.
  void publish(const cloud_event& e);
  bool published() const noexcept { return published_; }
  wall_time now() const noexcept { return now_; }

 private:
  connection& on_;
  wall_time now_;
  bool published_ = false;
};

}  // namespace ensue::sqlite
