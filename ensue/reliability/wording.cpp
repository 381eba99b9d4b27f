#include <ensue/reliability/wording.hpp>

#include <array>
#include <charconv>

namespace ensue {
namespace {

struct unit {
  std::uint64_t ns;
  const char* name;
};
constexpr std::array units{unit{60'000'000'000, " min"}, unit{1'000'000'000, " s"},
                           unit{1'000'000, " ms"}, unit{1'000, " us"}, unit{1, " ns"}};

std::string fraction(std::uint64_t rest, std::uint64_t of) {
  std::string digits = std::to_string(of + rest).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits.empty() ? digits : "." + digits;
}

}  // namespace

std::string in_words(duration d) {
  if (d == duration::max()) return "no limit";
  const bool negative = d < duration::zero();
  const auto ns =
      negative ? 0 - static_cast<std::uint64_t>(d.count()) : static_cast<std::uint64_t>(d.count());
  std::size_t u = 0;
  // Minutes only when there are whole ones: "90 s", "5 min".
  while (u + 1 < units.size() && (ns < units[u].ns || (u == 0 && ns % units[u].ns != 0))) ++u;
  const unit& in = units[u];
  const std::string whole = std::to_string(ns / in.ns);
  const std::string part = u == 0 || in.ns == 1 ? "" : fraction(ns % in.ns, in.ns);
  return (negative ? "-" : "") + whole + part + (ns == 0 ? " s" : in.name);
}

std::string in_words(double number) {
  std::array<char, 32> text{};
  const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} ? std::string{text.data(), end} : "?";
}

}  // namespace ensue
