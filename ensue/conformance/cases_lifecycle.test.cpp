#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about lifecycle passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"opening_tells", cases::fault::tells_no_state},
      cases::sabotage{"no_password_in_url", cases::fault::shows_password},
      cases::sabotage{"closed_is_closed", cases::fault::never_closes},
      cases::sabotage{"stop_ends_the_wait", cases::fault::ignores_stop},
      cases::sabotage{"stop_gives_back", cases::fault::drops},
      cases::sabotage{"many_close_at_once", cases::fault::doubles},
      cases::sabotage{"close_beside_publish", cases::fault::accepts_all},
      cases::sabotage{"nonsense_is_refused", cases::fault::mends_options},
      cases::sabotage{"nothing_is_published", cases::fault::answers_too_many},
      cases::sabotage{"misconfigured_is_refused", cases::fault::none},
  };
  cases::check_sabotage(lifecycle_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
