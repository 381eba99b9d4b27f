#include <ensue/flow/announcements.hpp>

namespace ensue {

// Who hears may listen, forget and announce.
void memory_announcements::announce(const announcement& a) {
  std::vector<std::uint64_t> all;
  for (const auto& [number, f] : listeners_) all.push_back(number);
  for (const std::uint64_t number : all) {
    const auto at = listeners_.find(number);
    if (at == listeners_.end()) continue;
    const listener f = at->second;
    f(a);
  }
}

std::uint64_t memory_announcements::listen(listener f) {
  listeners_.emplace(++last_, std::move(f));
  return last_;
}

void memory_announcements::forget(std::uint64_t listener_number) noexcept {
  listeners_.erase(listener_number);
}

}  // namespace ensue
