#pragma once

#include <cstddef>
#include <string_view>

namespace ensue {

/// What a transport can do, as far as its kind goes; what its server is set up for is its promise.
/// Each flag is a group of cases of the conformance suite: set, they must pass; clear, the suite
/// shows that it is not there. The matrix in docs/transports.md is made from these.
struct transport_features {
  std::string_view name{};   ///< "sqlite"
  bool groups = false;       ///< a group keeps its place while none of its members is there
  bool redelivers = false;   ///< at least once; false: at most once, settling only makes room
  bool keeps_old = false;    ///< a new group may begin with what was published before
  bool orders_keys = false;  ///< one delivery of a key at a time in a group, all members together
                             ///< (false: in each member)
  bool remembers_waits = false;  ///< `retry_later` holds although the member dies
  bool dedupes = false;          ///< the second of two publishings of one event is not stored
  bool extends = false;          ///< a lease can be extended
  bool counts_attempts = false;  ///< attempts of members that died are counted
  bool keeps_dead = false;       ///< dead deliveries can be listed at the transport
  bool replays = false;          ///< stored events can be read again from a position
  bool skips_own = false;        ///< what this connection published does not come back to it
  std::size_t event_bytes_max = 1 << 20;  ///< of data and attributes together
};

}  // namespace ensue
