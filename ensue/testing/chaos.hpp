#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/random.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ensue::testing {

/// What may go wrong in the first phase of a run. These are the worst cases: for each seed every
/// kind is drawn anew, often to nothing, so that seeds differ in kind (a "swarm").
///
///     w.chaos({.drop = 0.02, .duplicate = 0.01, .crash = {"pay"}, .during = 5s});
struct chaos {
  struct range {
    duration min{}, max{};
  };

  // Messages between hosts; shares of all, 0 to 1.
  double drop = 0;
  double duplicate = 0;
  double reorder = 0;  ///< may overtake earlier ones of its link; else a link keeps its order
  range delay{std::chrono::microseconds{200}, std::chrono::milliseconds{5}};

  // Hosts, by name: each is hit up to `times_max` times in each way it is listed for.
  std::vector<std::string> crash{};      ///< killed; boots again later
  std::vector<std::string> power{};      ///< likewise, and what was not synced is gone
  std::vector<std::string> pause{};      ///< stopped, then goes on, its timers late
  std::vector<std::string> partition{};  ///< cut off from all others for a while
  std::vector<std::string> clock{};      ///< its calendar jumps forward or back
  std::vector<std::string> disk{};       ///< its disk fails for a while
  unsigned times_max = 2;
  duration down_max = std::chrono::seconds{2};  ///< of crash, power, pause, partition, disk
  duration jump_max = std::chrono::hours{1};

  bool buggify = true;  ///< fault sites inside the code may fire
  duration during = std::chrono::seconds{5};
};

enum class fault_kind : std::uint8_t { crash, power, pause, partition, clock, disk };
std::string_view text(fault_kind kind) noexcept;

/// One fault at a time of its own, drawn before the run begins.
struct planned_fault {
  fault_kind kind = fault_kind::crash;
  std::string host{};
  unsigned number = 1;  ///< of its kind and host
  duration at{};        ///< since the run began
  duration length{};    ///< how long it lasts; how far the clock jumps (may be negative)

  std::string id() const;    ///< "crash:pay#1"
  std::string text() const;  ///< "crash:pay#1 at 1.2 s for 300 ms"
};

/// What one seed got: rates per million messages, planned faults by time.
struct drawn_chaos {
  std::uint64_t drop = 0, duplicate = 0, reorder = 0;
  chaos::range delay{};
  bool buggify = false;
  std::vector<planned_fault> faults{};

  std::string text() const;
};

drawn_chaos draw(const chaos& worst, random_stream from);

}  // namespace ensue::testing
