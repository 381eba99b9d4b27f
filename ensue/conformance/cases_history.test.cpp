#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about history passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"new_group_sees_old", cases::fault::from_now},
      cases::sabotage{"new_group_begins_now", cases::fault::from_oldest},
      cases::sabotage{"old_is_gone", cases::fault::claims_no_old},
      cases::sabotage{"group_keeps_its_place", cases::fault::every_member_all},
      cases::sabotage{"group_forgets_its_place", cases::fault::claims_no_groups},
      cases::sabotage{"replay_gives_all", cases::fault::replay_ignores_options},
      cases::sabotage{"replay_from_a_position", cases::fault::replay_ignores_options},
      cases::sabotage{"replay_chooses", cases::fault::replay_ignores_options},
      cases::sabotage{"replay_disturbs_nobody", cases::fault::replay_stops_consumers},
      cases::sabotage{"replay_ends_by_throwing", cases::fault::replay_goes_on},
      cases::sabotage{"replay_names_a_wrong_place", cases::fault::replay_ignores_options},
      cases::sabotage{"replay_is_refused", cases::fault::claims_no_replay},
  };
  cases::check_sabotage(history_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
