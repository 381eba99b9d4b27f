#include <ensue/testing/service.hpp>

namespace ensue::testing {

bus& service::bus() {
  if (!bus_) bus_.emplace(rt());
  return *bus_;
}

registry& service::components() {
  if (!components_) components_.emplace(bus());
  return *components_;
}

void service::start_components() {
  if (components_) spawn("components", components_->start());
}

}  // namespace ensue::testing
