#pragma once

#include <ensue/sim/world.hpp>
#include <ensue/testing/run_edits.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::testing {

/// Through which every injected fault of a run goes before it happens: it gets a name that is the
/// same in every replay, is noted in the trace, and a replay may keep it from happening.
class fault_filter {
 public:
  fault_filter(sim::world& w, const std::optional<run_edits>& edits) : world_{w}, edits_{edits} {}

  /// Whether `admit` would be true; nothing happens yet.
  bool allows(std::string_view id) const { return !edits_ || edits_->faults.contains(id); }
  /// False: it must not happen. Names are "kind:where#number".
  bool admit(std::string_view id);
  /// As above with the name put together here, for what is asked often.
  bool admit(std::string_view kind, std::string_view where, std::uint64_t number);
  bool empty() const noexcept { return happened_.empty(); }
  /// Everything that happened so far, in order.
  const std::vector<std::string>& happened() const noexcept { return happened_; }

 private:
  sim::world& world_;
  const std::optional<run_edits>& edits_;
  std::vector<std::string> happened_;
};

}  // namespace ensue::testing
