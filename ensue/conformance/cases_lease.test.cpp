#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about lease passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"lease_ends", cases::fault::ignores_lease},
      cases::sabotage{"late_ack_is_fenced", cases::fault::swallows_errors},
      cases::sabotage{"lease_is_extended", cases::fault::extend_does_nothing},
      cases::sabotage{"extending_is_refused", cases::fault::claims_no_extend},
      cases::sabotage{"dead_member_is_replaced", cases::fault::acks_early},
      cases::sabotage{"dead_connection_is_replaced", cases::fault::unmarked},
      cases::sabotage{"gap_is_not_forgotten", cases::fault::acks_early},
      cases::sabotage{"waits_outlive_the_member", cases::fault::ignores_wait},
      cases::sabotage{"accounts_balance", cases::fault::acks_early},
  };
  cases::check_sabotage(lease_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
