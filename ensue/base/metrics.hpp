#pragma once

#include <ensue/base/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ensue {

enum class metric_kind : std::uint8_t {
  counter,    ///< only rises, from 0 at the start
  gauge,      ///< is what it is now
  histogram,  ///< durations
};

/// What is measured.
struct metric {
  std::string_view name;  ///< lower case, digits and '_': "ensue_bus_handled"
  metric_kind kind = metric_kind::counter;
  std::string_view help;  ///< one sentence, with the unit
};

/// Tells one series of a metric from the others.
struct metric_label {
  std::string_view name;
  std::string_view value;
};

/// Durations counted in buckets.
struct metric_histogram {
  struct bucket {
    duration up_to;           ///< and above the bucket before
    std::uint64_t count = 0;  ///< of this bucket alone
  };
  std::span<const bucket> buckets;  ///< rising; the empty ones are left out
  std::uint64_t count = 0;
  duration sum{};
};

/// Who asks: writes a text format, keeps a table, compares in a test. What it is given is borrowed
/// for the call.
class metric_visitor {
 public:
  virtual ~metric_visitor() = default;
  /// A counter or a gauge, in whole units.
  virtual void number(const metric& what, std::span<const metric_label> labels,
                      std::int64_t value) = 0;
  virtual void durations(const metric& what, std::span<const metric_label> labels,
                         const metric_histogram& values) = 0;
};

class metric_registry;

/// Something that counts. It keeps plain integers of its own on the loop and publishes them only
/// when asked, so that counting costs an addition and not asking costs nothing. Leaves its registry
/// when it is destroyed.
class metric_source {
 public:
  metric_source() = default;
  metric_source(const metric_source&) = delete;
  metric_source& operator=(const metric_source&) = delete;
  virtual ~metric_source();

  /// Shows everything it has, one metric after the other, each series once. The number of series
  /// is bounded: labels with values from outside (keys, users) do not belong here.
  virtual void show(metric_visitor& to) const = 0;

 private:
  friend class metric_registry;
  metric_registry* in_ = nullptr;
};

/// Where whatever counts can be asked: `runtime::metrics()`.
///
/// Limits:   `sources_max`; further ones are not added.
/// Lifetime: a source or the registry may go first.
/// Threads:  loop thread only.
/// Cost:     `collect` is linear in the series; nothing between two of them.
class metric_registry {
 public:
  static constexpr std::size_t sources_max = 10'000;

  metric_registry() = default;
  metric_registry(const metric_registry&) = delete;
  metric_registry& operator=(const metric_registry&) = delete;
  ~metric_registry();

  /// False: there are too many. A source is in one registry at most.
  bool add(metric_source& source);
  void remove(metric_source& source) noexcept;
  /// Every source shows itself, in the order of adding.
  void collect(metric_visitor& to) const;

 private:
  std::vector<metric_source*> sources_;
};

}  // namespace ensue
