#pragma once

#include <ensue/async/task.hpp>
#include <ensue/base/result.hpp>
#include <ensue/flow/schedule_timing.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ensue {

/// A durable schedule as it is kept: what was asked for, and how far it has come.
struct kept_schedule {
  std::string id;
  std::string name;
  std::string when;  ///< a timing as text
  catch_up missed{};
  std::uint64_t missed_max = 0;
  std::chrono::nanoseconds grace{};
  overlap busy{};
  std::string event;  ///< the name of the event, its JSON text and its version
  std::string json;
  int version = 0;
  wall_time due{};  ///< the first tick that is not known to be done

  bool same_definition(const kept_schedule& other) const {
    kept_schedule copy = other;
    copy.due = due;
    return *this == copy;
  }
  bool operator==(const kept_schedule&) const = default;
};
BOOST_DESCRIBE_STRUCT(kept_schedule, (),
                      (id, name, when, missed, missed_max, grace, busy, event, json, version, due))

/// Where a scheduler keeps its durable schedules. Calls may overlap; the order in which they began
/// is the order in which they count. Loop thread; outlives the scheduler and its `run`.
class schedule_store {
 public:
  virtual ~schedule_store() = default;
  /// What is kept now, by id. Cancellation: throws. Errors: the store's.
  virtual task<result<std::vector<kept_schedule>>> load() = 0;
  /// Keeps this one in place of what is kept under its id; done when it is durable.
  /// Cancellation: throws; kept or not. Errors: the store's; not kept, as far as known.
  virtual task<result<>> save(kept_schedule s) = 0;
  /// As above; nothing is kept under that id afterwards. Cancellation: Errors: as `save`.
  virtual task<result<>> remove(std::string id) = 0;
};

}  // namespace ensue
