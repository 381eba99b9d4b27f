#pragma once

#include <ensue/app/component_events.hpp>
#include <ensue/app/registry.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ensue {

/// One registered component: private to registry*.cpp.
struct registry::entry {
  entry(std::unique_ptr<component_handle> c, std::string n, component_options o)
      : it{std::move(c)}, name{std::move(n)}, options{std::move(o)} {}

  std::unique_ptr<component_handle> it;
  std::string name;
  component_options options;
  std::vector<entry*> needs{};
  std::size_t rank = 0;  // after all it depends on, else in the order of registering
  component_state state = component_state::down;
  bool needs_stop = false;             // its start ended well, and no stop was called since
  reference<job_of<void>> starting{};  // the start of all is waiting for it
  reference<job_of<void>> life{};      // `live`
  std::vector<time_point> restarts{};  // within the policy's window
};

/// Shows the bell of the stop under way to `hurry`, until the end of the block.
class exposed_bell {
 public:
  exposed_bell(bell*& slot, bell* b) noexcept : slot_{slot}, before_{std::exchange(slot, b)} {}
  exposed_bell(const exposed_bell&) = delete;
  exposed_bell& operator=(const exposed_bell&) = delete;
  ~exposed_bell() { slot_ = before_; }

 private:
  bell*& slot_;
  bell* before_;
};

}  // namespace ensue
