#pragma once

#include <ensue/sim/world.hpp>
#include <ensue/testing/chaos.hpp>
#include <ensue/testing/fault_filter.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace ensue::testing {

/// Messages between the hosts of a simulated world. A link keeps its order as TCP does, unless a
/// message is drawn to overtake. A message to a host that has crashed meanwhile is lost.
///
/// The fate of the n-th message of a link depends on the seed, the link and n alone, so that
/// taking one fault away does not shift the others.
class network {
 public:
  network(sim::world& w, fault_filter& faults) : world_{w}, faults_{faults} {}
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  void set(const drawn_chaos& c);
  /// No more drops, doubles or overtaking; nobody is cut off.
  void heal();

  /// Runs `arrive` as a step of `to` when the message gets there, if it does; as often as it does.
  /// False: refused at once, because one of the two is down.
  bool send(sim::host& from, sim::host& to, std::function<void()> arrive);
  /// Cuts `h` off from everybody else, or joins it again. What is on its way arrives.
  void isolate(const sim::host& h, bool off);

 private:
  struct link {
    const sim::host* from;
    const sim::host* to;
    std::string name;
    std::uint32_t number;
    std::uint64_t sent = 0;
    time_point last{};
  };
  link& between(const sim::host& from, const sim::host& to);
  bool isolated(const sim::host& h) const noexcept;
  void deliver(link& l, sim::host& to, random_stream& fate, std::function<void()> arrive);

  sim::world& world_;
  fault_filter& faults_;
  drawn_chaos rates_{};
  std::deque<link> links_;
  std::vector<const sim::host*> isolated_;
};

}  // namespace ensue::testing
