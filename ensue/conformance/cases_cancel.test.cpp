#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about cancel passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"cancelled_next_takes_nothing", cases::fault::loses_on_cancel},
      cases::sabotage{"cancelled_publish_is_retried", cases::fault::doubles},
      cases::sabotage{"cancelled_settle_is_repeated", cases::fault::ack_does_nothing},
      cases::sabotage{"cancelled_join_holds_nothing", cases::fault::every_member_all},
  };
  cases::check_sabotage(cancel_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
