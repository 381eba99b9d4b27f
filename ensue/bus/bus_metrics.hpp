#pragma once

#include <ensue/base/metrics.hpp>
#include <ensue/bus/histogram.hpp>
#include <ensue/bus/ledger.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ensue {

class dispatcher;
class subscription_state;

/// What a bus shows of itself, as the metrics `ensue_bus_…`: of each subscription its ledger, queue
/// depth, failures, refused publishers, breaker, time in queue and time of handling (both sampled),
/// with the labels bus (`bus_options::source`), subscription and event; those alike in all three
/// are one series. Subscriptions beyond `series_max` are one series together, named "(others)".
/// What has ended is shown no more.
class bus_metrics final : public metric_source {
 public:
  static constexpr std::size_t series_max = 500;

  explicit bus_metrics(const dispatcher& of) noexcept : bus_{of} {}

  void show(metric_visitor& to) const override;

 private:
  struct series {
    std::string subscription, event;
    ledger counts{};
    std::uint64_t failed = 0, timed_out = 0, refused = 0;
    histogram waited{}, took{};
    std::optional<std::int64_t> breaker{};  ///< the most open one; none: no policy has one
    void add(const subscription_state& s, const dispatcher& d);
  };
  std::vector<series> all() const;
  void show_ledgers(metric_visitor& to, const std::vector<series>& all) const;
  void show_dropped(metric_visitor& to, const std::vector<series>& all) const;
  void show_breakers(metric_visitor& to, const std::vector<series>& all) const;
  void show_times(metric_visitor& to, const std::vector<series>& all) const;

  const dispatcher& bus_;
};

}  // namespace ensue
