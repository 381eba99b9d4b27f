#pragma once

#include "events.hpp"
#include "risk_desk.hpp"
#include "strategy.hpp"
#include <ensue/bus/bus.hpp>
#include <ensue/bus/histogram.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace trading {

/// Subscriptions of this component are what the kill switch stops.
inline constexpr std::string_view execution = "execution";

/// Component: the strategy on the bus. Every trade may lead to an order_request, in place.
class trader {
 public:
  static constexpr std::string_view name = "strategy";

  trader(ensue::bus& bus, const strategy::options& options) : bus_{bus}, strategy_{options} {}
  trader(const trader&) = delete;
  void start();
  void stop() { subscription_.end(); }

  std::int64_t orders() const noexcept { return strategy_.orders(); }
  /// From the order to its verdict.
  const ensue::histogram& order_latency() const noexcept { return latency_; }

 private:
  void on(const trade& t);

  ensue::bus& bus_;
  strategy strategy_;
  ensue::histogram latency_;
  ensue::subscription subscription_;
};

/// Component: the risk desk on the bus. Says yes or no to each order_request by an order_accepted
/// or order_vetoed, queued. A broken drawdown limit calls `kill`.
class risk {
 public:
  static constexpr std::string_view name = "risk";

  risk(ensue::bus& bus, const risk_limits& limits, std::function<void(std::string)> kill);
  risk(const risk&) = delete;
  void start();
  void stop() { subscriptions_.clear(); }

  const risk_desk& desk() const noexcept { return desk_; }
  void forgive() noexcept { desk_.forgive(); }
  /// Verdicts the blotter's queue had no room for.
  std::int64_t unreported() const noexcept { return unreported_; }

 private:
  void on(const trade& t);
  void on(const order_request& order);

  ensue::bus& bus_;
  risk_desk desk_;
  std::function<void(std::string)> kill_;
  std::int64_t unreported_ = 0;
  std::vector<ensue::subscription> subscriptions_;
};

/// Component: writes down what became of the orders; the last few are kept to be shown.
class blotter {
 public:
  static constexpr std::string_view name = "blotter";
  static constexpr std::size_t kept = 5;

  explicit blotter(ensue::bus& bus) : bus_{bus} {}
  blotter(const blotter&) = delete;
  void start();
  void stop() { subscriptions_.clear(); }

  std::int64_t accepted() const noexcept { return accepted_; }
  std::int64_t vetoed() const noexcept { return vetoed_; }
  const std::vector<order_request>& latest() const noexcept { return latest_; }

 private:
  void on(const order_accepted& a);

  ensue::bus& bus_;
  std::int64_t accepted_ = 0;
  std::int64_t vetoed_ = 0;
  std::vector<order_request> latest_;
  std::vector<ensue::subscription> subscriptions_;
};

}  // namespace trading
