#include "risk_desk.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trading {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

}  // namespace

bool risk_desk::on(const trade& t) {
  holding& h = holdings_[t.instrument];
  const double price = t.price.approximate();
  if (h.price > 0) profit_ += h.position * (price - h.price);
  h.price = price;
  h.last = t.price;
  peak_ = std::max(peak_, profit_);
  if (broken_ || drawdown() <= limits_.drawdown_max) return false;
  broken_ = true;
  return true;
}

risk_desk::verdict risk_desk::refuse(const order_request& order, veto reason) {
  ++vetoes_[static_cast<std::size_t>(reason)];
  return order_vetoed{order, reason};
}

bool risk_desk::too_fast(std::int64_t now_ns) noexcept {
  const auto most = static_cast<std::size_t>(limits_.orders_per_second_max);
  if (most == 0) return true;
  // Stamps that lie a second ahead are of another tape: its orders say nothing about this one.
  const auto elsewhere = [&](std::int64_t stamp) { return stamp - now_ns > second_ns; };
  if (std::any_of(recent_ns_.begin(), recent_ns_.end(), elsewhere)) {
    recent_ns_.clear();
    oldest_ = 0;
  }
  return recent_ns_.size() >= most && now_ns - recent_ns_[oldest_] < second_ns;
}

risk_desk::verdict risk_desk::on(const order_request& order) {
  holding& h = holdings_[order.instrument];
  const double price = order.price.approximate();
  const double signed_quantity =
      order.quantity.approximate() * (order.direction == side::buy ? 1 : -1);
  const double after = std::abs(h.position + signed_quantity) * price;
  if (h.price <= 0) return refuse(order, veto::no_price);
  if (std::abs(price / h.price - 1) * 10'000 > limits_.price_band_bps) {
    return refuse(order, veto::price_band);
  }
  if (std::abs(signed_quantity) * price > limits_.order_notional_max) {
    return refuse(order, veto::notional);
  }
  // An order that brings the position down is never stopped by its size.
  if (after > limits_.position_notional_max && after > std::abs(h.position) * price) {
    return refuse(order, veto::position);
  }
  if (too_fast(order.stamp_ns)) return refuse(order, veto::rate);
  if (recent_ns_.size() < static_cast<std::size_t>(limits_.orders_per_second_max)) {
    recent_ns_.push_back(order.stamp_ns);
  } else {
    recent_ns_[oldest_] = order.stamp_ns;
    oldest_ = (oldest_ + 1) % recent_ns_.size();
  }
  decimal filled = order.quantity;
  if (order.direction == side::sell) filled.units = -filled.units;
  h.quantity.add(filled);
  h.position += signed_quantity;
  profit_ += signed_quantity * (h.price - price);
  ++h.orders;
  ++accepted_;
  return order_accepted{order};
}

std::int64_t risk_desk::vetoed() const noexcept {
  return std::accumulate(vetoes_.begin(), vetoes_.end(), std::int64_t{0});
}

}  // namespace trading
