#include "shipped_tape.hpp"

#include <filesystem>
#include <system_error>

namespace trading {

std::string shipped_tape() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path built_in{TRADING_TAPE};
  if (fs::exists(built_in, ignored)) return built_in;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path beside = program.parent_path() / "tape" / built_in.filename();
  return fs::exists(beside, ignored) ? beside : built_in;
}

}  // namespace trading
