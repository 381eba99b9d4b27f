#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about publish passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"all_arrive_once", cases::fault::drops},
      cases::sabotage{"envelope_is_exact", cases::fault::cuts_data},
      cases::sabotage{"deadline_travels", cases::fault::forgets_expiry},
      cases::sabotage{"trace_travels", cases::fault::forgets_trace},
      cases::sabotage{"largest_event", cases::fault::accepts_all},
      cases::sabotage{"malformed_is_refused", cases::fault::accepts_all},
      cases::sabotage{"types_are_chosen", cases::fault::ignores_types},
      cases::sabotage{"many_types_at_once", cases::fault::ignores_types},
      cases::sabotage{"groups_get_all", cases::fault::one_group},
      cases::sabotage{"members_share", cases::fault::every_member_all},
      cases::sabotage{"many_publishers", cases::fault::drops},
      cases::sabotage{"own_comes_back", cases::fault::skips_own},
      cases::sabotage{"own_is_skipped", cases::fault::claims_skips_own},
      cases::sabotage{"copies_are_dropped", cases::fault::stores_copies},
      cases::sabotage{"copies_all_come", cases::fault::claims_no_dedupe},
  };
  cases::check_sabotage(publish_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
