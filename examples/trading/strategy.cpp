#include "strategy.hpp"

#include <cmath>
#include <cstdlib>

namespace trading {

decimal quantity_for(double notional, const decimal& price, const decimal& like) noexcept {
  constexpr double most = 1e15;
  const double steps = notional / price.approximate() * std::pow(10.0, like.scale);
  const double whole = std::floor(steps);
  const bool usable = whole >= 1 && whole < most;
  return {usable ? static_cast<std::int64_t>(whole) : 1, like.scale};
}

std::optional<order_request> strategy::on(const trade& t) {
  const double price = t.price.approximate();
  if (price <= 0) return std::nullopt;
  averages& a = averages_[t.instrument];
  if (a.seen++ == 0) a.fast = a.slow = price;
  a.fast += options_.fast * (price - a.fast);
  a.slow += options_.slow * (price - a.slow);
  const double momentum_bps = (a.fast / a.slow - 1) * 10'000;
  if (a.seen < warm_up || std::abs(momentum_bps) < options_.threshold_bps) return std::nullopt;
  if (std::abs(t.stamp_ns - a.last_order_ns) < options_.pause_ns) return std::nullopt;
  a.last_order_ns = t.stamp_ns;
  order_request order;
  order.instrument = t.instrument;
  order.id = ++orders_;
  order.stamp_ns = t.stamp_ns;
  order.direction = momentum_bps > 0 ? side::buy : side::sell;
  order.price = t.price;
  order.quantity = quantity_for(options_.order_notional, t.price, t.quantity);
  return order;
}

}  // namespace trading
