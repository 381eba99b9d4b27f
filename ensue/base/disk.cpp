#include <ensue/base/disk.hpp>

namespace ensue {

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string{path.substr(0, slash == 0 ? 1 : slash)};
}

std::string disk_error_text(std::string_view path, const error_code& error) {
  std::string text{path};
  if (error == errc::exists) return text += ": in use by another process or owner";
  return text += ": " + error.message();
}

}  // namespace ensue
