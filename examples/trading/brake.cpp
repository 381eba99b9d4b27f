#include "brake.hpp"

#include <utility>

namespace trading {
namespace {

/// Takes the same time wherever the texts differ.
bool same(std::string_view a, std::string_view b) noexcept {
  unsigned char difference = a.size() != b.size();
  for (std::size_t n = 0; n < a.size() && n < b.size(); ++n) {
    difference |= static_cast<unsigned char>(a[n] ^ b[n]);
  }
  return difference == 0;
}

}  // namespace

brake::brake(ensue::bus& bus, std::string_view component, std::string authority)
    : bus_{bus}, component_{component}, authority_{std::move(authority)} {}

void brake::halt(bool on) {
  active_ = on;
  bus_.engine().halt(on, [this](const ensue::subscription_state& s) {
    return s.settings().component == component_;
  });
}

void brake::trigger(std::string reason) {
  if (active_) return;
  reason_ = std::move(reason);
  ++triggers_;
  halt(true);
}

bool brake::reset(std::string_view authority) {
  if (!same(authority, authority_)) {
    ++refused_;
    return false;
  }
  if (active_) halt(false);
  return true;
}

}  // namespace trading
