#include <ensue/transport/survival.hpp>
#include <ensue/transport/transport_error.hpp>

#include <boost/system/system_error.hpp>

namespace ensue {

std::string_view name_of(survival level) noexcept {
  switch (level) {
    case survival::none: return "none";
    case survival::process: return "process";
    case survival::power: return "power";
  }
  return "unknown";
}

void throw_exception_from_error(const transport_error& e, const boost::source_location&) {
  throw boost::system::system_error(e.code, e.message);
}

}  // namespace ensue
