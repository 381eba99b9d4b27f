#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/timer.hpp>
#include <ensue/transport/delivery_lanes.hpp>
#include <ensue/transport/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ensue {

struct memory_broker_options {
  std::size_t unsettled_max = 100'000;  ///< stored and not settled by every group: then errc::full
  std::size_t kept_max = 10'000;        ///< settled ones that new groups and replays still find
  std::size_t dead_max = 1'000;         ///< per group; the oldest goes
  std::size_t group_window = 4'096;     ///< how far a group looks ahead for keys that are free
};

/// A broker in the memory of the process: what a server is to the other transports. Shared by the
/// `memory_transport`s that should reach each other.
///
/// Threads: loop thread. Lifetime: outlives its consumers.
class memory_broker {
 public:
  explicit memory_broker(runtime& rt, memory_broker_options o = {});
  memory_broker(const memory_broker&) = delete;
  memory_broker& operator=(const memory_broker&) = delete;
  ~memory_broker();

  struct dead_delivery {
    cloud_event event;
    unsigned attempts = 0;
    std::string reason;
  };

  /// Stores the event, unless one of its source and id is stored. errc::full.
  result<> store(cloud_event e);
  std::vector<dead_delivery> dead(std::string_view group) const;
  std::size_t stored() const noexcept { return log_.size(); }

  runtime& rt() const noexcept { return rt_; }

 private:
  friend class memory_transport;
  friend class memory_consumer;

  struct stored_event {
    cloud_event event;
    std::uint64_t position;
  };
  /// The deliveries of all members stand in one set of lanes: a key is out once in the whole group.
  struct group {
    group(const consume_options& o, std::size_t window, std::uint64_t from)
        : types{o.types},
          lanes{{.prefetch = window, .lease = o.lease}},
          next{from},
          first_open{from} {}
    std::vector<std::string> types;
    delivery_lanes lanes;
    watermark settled;
    std::uint64_t next;        // the position to be looked at next
    std::uint64_t first_open;  // all before are settled or not wanted
    std::size_t members = 0;
    std::deque<dead_delivery> dead;
    work_list waiting;  // members with nothing to do
  };

  group& join(const consume_options& o);
  void fill(group& g);
  void settled(group& g, std::uint64_t position);
  void trim();
  std::uint64_t unsettled() const noexcept;
  const stored_event* at(std::uint64_t position) const noexcept;
  void look_later();
  void look();

  runtime& rt_;
  memory_broker_options options_;
  std::deque<stored_event> log_;
  std::uint64_t last_ = 0;
  std::unordered_set<std::string> ids_;
  std::map<std::string, std::unique_ptr<group>, std::less<>> groups_;
  timer alarm_;  // the next lease that ends, or wait that is over
};

}  // namespace ensue
