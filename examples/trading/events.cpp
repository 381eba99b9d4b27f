#include "events.hpp"

namespace trading {

const tick& tick_of(const market_event& event) noexcept {
  return *std::visit([](const tick& t) { return &t; }, event);
}

tick& tick_of(market_event& event) noexcept {
  return *std::visit([](tick& t) { return &t; }, event);
}

std::string_view veto_name(veto reason) noexcept {
  switch (reason) {
    case veto::no_price: return "no price yet";
    case veto::price_band: return "price band";
    case veto::notional: return "order too large";
    case veto::position: return "position limit";
    case veto::rate: return "too many a second";
  }
  return "unknown";
}

}  // namespace trading
