#pragma once

#include "events.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace trading {

struct risk_limits {
  double order_notional_max = 10'000;
  double position_notional_max = 50'000;   ///< either way, per symbol
  double price_band_bps = 50;              ///< distance from the last trade
  std::int64_t orders_per_second_max = 3;  ///< of market time, all symbols
  double drawdown_max = 250;               ///< from the best profit so far; then the kill switch
};

/// Says yes or no to every order and keeps the paper position: what is accepted counts as filled
/// at its price. When the loss from the peak exceeds the limit it asks for the kill switch, once.
class risk_desk {
 public:
  explicit risk_desk(const risk_limits& limits = {}) : limits_{limits} {}

  /// Marks positions to the market. True when the drawdown limit was broken by this trade.
  bool on(const trade& t);
  using verdict = std::variant<order_accepted, order_vetoed>;
  verdict on(const order_request& order);

  /// A new drawdown is measured from here on; after a reset of the kill switch.
  void forgive() noexcept {
    peak_ = profit_;
    broken_ = false;
  }

  std::int64_t accepted() const noexcept { return accepted_; }
  std::int64_t vetoed(veto reason) const noexcept {
    return vetoes_[static_cast<std::size_t>(reason)];
  }
  std::int64_t vetoed() const noexcept;
  double profit() const noexcept { return profit_; }
  double drawdown() const noexcept { return peak_ - profit_; }
  const risk_limits& limits() const noexcept { return limits_; }

  struct holding {
    decimal last;          ///< price of the last trade
    double price = 0;      ///< the same, for marking
    decimal_sum quantity;  ///< exact, negative when short
    double position = 0;   ///< the same, for marking
    std::int64_t orders = 0;
  };
  const per_symbol<holding>& holdings() const noexcept { return holdings_; }

 private:
  verdict refuse(const order_request& order, veto reason);
  bool too_fast(std::int64_t now_ns) noexcept;

  risk_limits limits_;
  per_symbol<holding> holdings_;
  std::vector<std::int64_t> recent_ns_;  // accepted orders, a ring of orders_per_second_max
  std::size_t oldest_ = 0;
  std::array<std::int64_t, veto_count> vetoes_{};
  std::int64_t accepted_ = 0;
  double profit_ = 0;
  double peak_ = 0;
  bool broken_ = false;
};

}  // namespace trading
