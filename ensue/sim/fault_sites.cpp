#include <ensue/sim/fault_sites.hpp>

namespace ensue::sim {

site_count& fault_sites::site(std::string_view place) {
  const auto at = sites_.find(place);
  if (at != sites_.end()) return at->second;
  site_count& s = sites_.emplace(place, site_count{}).first->second;
  s.active = random_stream{~seed_, place}.chance(options_.active_permille);
  return s;
}

bool fault_sites::fires(std::string_view place) {
  site_count& s = site(place);
  ++s.reached;
  if (!s.active || stopped_ || !draw_.chance(options_.fires_permille)) return false;
  if (admit && !admit(place)) return false;
  ++s.fired;
  return true;
}

}  // namespace ensue::sim
