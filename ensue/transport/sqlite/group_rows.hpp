#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/transport/delivery.hpp>
#include <ensue/transport/delivery_lanes.hpp>
#include <ensue/transport/sqlite/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ensue::sqlite {

/// What the groups hold, on the thread of the database; inside a transaction. The rows are the only
/// truth, so a transaction that is taken back needs no other undoing. Tables: schema.hpp.
///
/// An event of the log is, for a group: ahead of the cursor; or a bit in the claim of a member; or
/// an exception (of a member, or nobody's); or settled, and then there is nothing left of it but
/// its place behind the cursor. A key is held by one member at a time: the others put its events
/// among the exceptions, and take them in order when nobody holds the key any more.
/// Errors: `failure`.

/// The present on both time lines.
struct present {
  time_point now{};
  wall_time wall{};
};

struct membership {
  std::uint64_t group = 0;
  std::uint64_t member = 0;
};
/// Makes the group if it is not there, sets its types, joins it.
membership join(connection& on, const std::string& name, const std::vector<std::string>& types,
                bool from_oldest, time_point until);

/// Extends the member's lease. False: it was fenced: others have what it held.
bool renew(connection& on, const membership& m, time_point until);

struct claim_request {
  membership who{};
  std::size_t want = 0;      ///< events
  std::size_t look = 4096;   ///< how far to look for them
  time_point until = never;  ///< the member's new lease
  present at{};
};
struct claimed {
  bool fenced = false;
  std::vector<delivery_lanes::arrival> events{};
  bool more = false;                      ///< it may be worth while to ask again at once
  wall_time next_due = wall_time::max();  ///< when one that waits will be there
  std::size_t damaged = 0;                ///< events that cannot be read: they are dead now
};
/// Takes over what dead members held, then takes what may be taken: given back ones first.
claimed claim(connection& on, const claim_request& r);

/// One event's fate.
struct fate {
  std::uint64_t position = 0;
  settlement how{};
  unsigned attempt = 1;  ///< the one that ended
  std::string key{};
};
/// False: the member was fenced, nothing was done. Retried ones stay the member's.
bool settle(connection& on, const membership& m, const std::vector<fate>& fates, wall_time now);

/// Gives these up, others may take them; they were not begun. False: as `settle`.
bool give_back(connection& on, const membership& m, const std::vector<fate>& what);
/// Gives up all: those that are `out` count as attempted.
void leave(connection& on, const membership& m, const std::set<std::uint64_t>& out);

/// For those that keep their place by the cursor alone, and claim nothing: relays.
struct group_place {
  std::uint64_t cursor = 0;
  std::vector<std::string> types{};
};
group_place place_of(connection& on, std::uint64_t group);
/// False: the member was fenced, nothing was done.
bool set_cursor(connection& on, const membership& m, std::uint64_t cursor);
/// Takes out the members that died or whose lease is over, and takes over what they held.
void drop_dead(connection& on, const membership& me, const present& at);
/// The member that joined first.
bool leads(connection& on, const membership& m);
/// Has a member of one of these groups died, or is its lease over?
bool somebody_died(connection& on, const std::vector<std::uint64_t>& groups, time_point now);

struct dead_row {
  std::uint64_t position = 0;
  unsigned attempts = 0;
  std::string reason{};
};
/// Oldest first.
std::vector<dead_row> read_dead(connection& on, const std::string& group, std::size_t most);
/// Forgets a group and what it held. False: there is none.
bool forget_group(connection& on, const std::string& name);

}  // namespace ensue::sqlite
