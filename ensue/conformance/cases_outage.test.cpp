#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about outage passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"restart_loses_nothing", cases::fault::drops},
      cases::sabotage{"kill_loses_nothing", cases::fault::drops},
      cases::sabotage{"waiting_consumer_wakes_again", cases::fault::stays_silent},
      cases::sabotage{"settled_stays_settled", cases::fault::ack_does_nothing},
  };
  cases::check_sabotage(outage_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
