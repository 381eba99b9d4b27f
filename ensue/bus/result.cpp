#include <ensue/bus/result.hpp>

#include <boost/system/system_error.hpp>

#include <string>

namespace ensue::detail {

void check_posted(error_code ec, const dispatcher& d) {
  if (!ec) return;
  std::string text = "publishing a handler's result";
  if (ec == errc::too_deep && !d.storms().empty()) text += ": " + d.storms().back();
  throw boost::system::system_error(ec, text);
}

}  // namespace ensue::detail
