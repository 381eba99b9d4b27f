#include <ensue/base/duration_text.hpp>

#include <array>
#include <cstdint>

namespace ensue {
namespace {

struct unit {
  std::int64_t ns;
  const char* name;
};
constexpr std::array units{unit{1'000'000'000, " s"}, unit{1'000'000, " ms"}, unit{1000, " us"},
                           unit{1, " ns"}};

}  // namespace

std::string text(duration d) {
  const std::int64_t ns = d.count();
  const std::int64_t size = ns < 0 ? -ns : ns;
  std::size_t u = 0;
  while (u + 1 < units.size() && size < units[u].ns) ++u;
  std::string out;
  if (ns < 0) out += '-';
  out += std::to_string(size / units[u].ns);
  const std::int64_t rest = size % units[u].ns;
  if (rest != 0) {
    std::string digits = std::to_string(units[u].ns + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out.append(".").append(digits);
  }
  return out + units[u].name;
}

}  // namespace ensue
