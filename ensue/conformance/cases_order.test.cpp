#include <ensue/conformance/cases.hpp>

#include <array>
#include <tests/sabotage.hpp>

namespace ensue::conformance {
namespace {

TEST_CASE("conformance: each case about order passes, and fails with a broken transport") {
  static constexpr std::array table{
      cases::sabotage{"keys_in_order", cases::fault::ignores_keys},
      cases::sabotage{"keys_in_order_over_retries", cases::fault::ignores_keys},
      cases::sabotage{"keys_in_order_over_members", cases::fault::ignores_keys},
      cases::sabotage{"keys_in_order_over_deaths", cases::fault::swaps},
      cases::sabotage{"batches_in_order", cases::fault::swaps},
      cases::sabotage{"keys_are_free_of_each_other", cases::fault::one_key},
  };
  cases::check_sabotage(order_cases(), table);
}

}  // namespace
}  // namespace ensue::conformance
