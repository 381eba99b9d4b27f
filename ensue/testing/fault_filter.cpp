#include <ensue/testing/fault_filter.hpp>

namespace ensue::testing {

bool fault_filter::admit(std::string_view id) {
  if (!allows(id)) return false;
  happened_.emplace_back(id);
  world_.note(id);
  return true;
}

bool fault_filter::admit(std::string_view kind, std::string_view where, std::uint64_t number) {
  std::string id{kind};
  id.append(":").append(where).append("#").append(std::to_string(number));
  return admit(id);
}

}  // namespace ensue::testing
