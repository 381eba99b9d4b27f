#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about settle passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"ack_is_final", cases::fault::ack_does_nothing},
      cases::sabotage{"ack_excludes_the_rest", cases::fault::swallows_errors},
      cases::sabotage{"retry_excludes_ack", cases::fault::swallows_errors},
      cases::sabotage{"unknown_token", cases::fault::swallows_errors},
      cases::sabotage{"retried_and_marked", cases::fault::unmarked},
      cases::sabotage{"resend_on_error", cases::fault::retry_is_ack},
      cases::sabotage{"continue_after_errors", cases::fault::retry_is_ack},
      cases::sabotage{"batch_settlement", cases::fault::retry_is_ack},
      cases::sabotage{"retry_is_not_early", cases::fault::ignores_wait},
      cases::sabotage{"retry_shuts_its_key", cases::fault::ignores_keys},
      cases::sabotage{"unacknowledged_key_blocks", cases::fault::ignores_keys},
      cases::sabotage{"prefetch_is_a_bound", cases::fault::ignores_prefetch},
      cases::sabotage{"dead_is_final", cases::fault::dead_is_retry},
      cases::sabotage{"dead_are_listed", cases::fault::dead_is_ack},
      cases::sabotage{"requeue", cases::fault::dead_is_retry},
      cases::sabotage{"slow_group_is_alone", cases::fault::one_group},
      cases::sabotage{"poison_holds_only_its_key", cases::fault::one_key},
      cases::sabotage{"nothing_comes_again", cases::fault::claims_no_redelivery},
  };
  cases::check_sabotage(settle_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
