#include <ensue/bus/result.hpp>

#include <boost/system/system_error.hpp>

namespace ensue::detail {

void check_posted(error_code ec) {
  if (ec) throw boost::system::system_error(ec, "publishing a handler's result");
}

}  // namespace ensue::detail
