#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace trading {
namespace {

std::string number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

}  // namespace

std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n);
  const std::size_t first = n < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string grouped(double n, int digits) {
  const std::string text = number(std::abs(n), digits);
  const auto point = std::min(text.find('.'), text.size());
  const bool negative = n < 0 && text.find_first_of("123456789") != text.npos;
  if (point > 18) return (negative ? "-" : "") + text;
  return (negative ? "-" : "") +
         grouped(static_cast<std::int64_t>(std::stoll(text.substr(0, point)))) + text.substr(point);
}

std::string duration_text(ensue::duration d) {
  const auto ns = static_cast<double>(d.count());
  if (ns < 1e3) return number(ns, 0) + " ns";
  if (ns < 1e6) return number(ns / 1e3, ns < 1e4 ? 2 : 1) + " us";
  if (ns < 1e9) return number(ns / 1e6, ns < 1e7 ? 2 : 1) + " ms";
  if (ns < 6e10) return number(ns / 1e9, 1) + " s";
  const auto seconds = d.count() / 1'000'000'000;
  if (seconds < 3600)
    return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
}

std::string trimmed(std::string text) {
  if (text.find('.') == text.npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string paint::wrap(const char* code, std::string_view text) const {
  if (!on) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string table::text(std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t n = 0; n < row.size(); ++n) widths[n] = std::max(widths[n], row[n].size());
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line{indent};
    for (std::size_t n = 0; n < row.size(); ++n) {
      const std::string padding(widths[n] - row[n].size(), ' ');
      line += n < left_ ? row[n] + padding : padding + row[n];
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace trading
