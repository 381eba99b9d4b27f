#pragma once

#include "events.hpp"

#include <cstdint>
#include <optional>

namespace trading {

/// Momentum, as small as it gets: two exponential averages of the price of each symbol; while the
/// fast one is above the slow one by more than `threshold_bps` it buys, below it sells, one order
/// per `pause_ns` of market time. It exists to give the bus and the risk desk something to do.
class strategy {
 public:
  struct options {
    double fast = 0.05;  ///< weight of a new price
    double slow = 0.005;
    double threshold_bps = 0.3;
    std::int64_t pause_ns = 200'000'000;
    double order_notional = 5'000;
  };

  strategy() : strategy(options{}) {}
  explicit strategy(const options& o) : options_{o} {}

  /// The order this price calls for, if any.
  std::optional<order_request> on(const trade& t);

  std::int64_t orders() const noexcept { return orders_; }

 private:
  struct averages {
    double fast = 0, slow = 0;
    std::int64_t seen = 0;
    std::int64_t last_order_ns = -1'000'000'000'000;
  };
  static constexpr std::int64_t warm_up = 50;

  options options_;
  per_symbol<averages> averages_;
  std::int64_t orders_ = 0;
};

/// As much as `notional` buys at `price`, in the finest step `like` was written in; at least one.
decimal quantity_for(double notional, const decimal& price, const decimal& like) noexcept;

}  // namespace trading
