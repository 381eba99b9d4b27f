#pragma once

#include <ensue/bus/bus.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Attacks on resources and on patience: what a hostile or broken part of a service does to the
/// rest of it. Each asserts what must hold, the conservation of events above all, and reports
/// figures that nothing is asserted about.
namespace ensue::attacks {

struct figure {
  std::string name;
  double value;
  std::string unit;
};

/// What an attack is run with, and where it says what it saw.
class attack {
 public:
  explicit attack(bool full) noexcept : full_{full} {}

  /// The size of the catalogue, or one that takes a moment.
  std::size_t size(std::size_t small, std::size_t catalogue) const noexcept {
    return full_ ? catalogue : small;
  }
  bool full() const noexcept { return full_; }
  /// Throws when it does not hold.
  void require(bool holds, const std::string& what) const;
  /// Every event of the bus is accounted for, and none is left: the conservation of events.
  void require_settled(const bus& b, const std::string& where) const;
  void report(std::string name, double value, std::string unit) {
    figures_.push_back({std::move(name), value, std::move(unit)});
  }
  const std::vector<figure>& figures() const noexcept { return figures_; }

 private:
  bool full_;
  std::vector<figure> figures_;
};

/// Bytes in use on the heap; 0 where a sanitizer keeps the heap.
std::int64_t heap_bytes();
/// Resident memory of this process at its peak, since the last `reset_peak`.
std::int64_t peak_bytes();
void reset_peak();

void a01_poison(attack& a);
void a02_stuck(attack& a);
void a03_throws(attack& a);
void a04_destroys(attack& a);
void a05_many(attack& a);
void a06_storm(attack& a);
void a07_giant(attack& a);
void a10_leaks(attack& a);

}  // namespace ensue::attacks
