#include "decimal.hpp"

#include <algorithm>
#include <array>

namespace trading {
namespace {

constexpr unsigned scale_max = 18;
constexpr std::size_t digits_always_fit = 18;
constexpr std::size_t text_max = 40;  // leading zeros included
constexpr unsigned power_max = 38;

constexpr auto powers = [] {
  std::array<int128, power_max + 1> table{};
  int128 power = 1;
  for (unsigned n = 0; n < table.size(); ++n) {
    table[n] = power;
    if (n < power_max) power *= 10;
  }
  return table;
}();

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr int128 largest = ~(int128{1} << 127);

/// Multiplies by 10^`digits`; false when that does not fit.
bool widen(int128& units, unsigned digits) noexcept {
  if (units > largest / powers[digits] || units < -(largest / powers[digits])) return false;
  units *= powers[digits];
  return true;
}

}  // namespace

std::optional<decimal> decimal::parse(std::string_view text) noexcept {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > text_max) return std::nullopt;
  std::int64_t units = 0;
  std::size_t point = text.size();
  const bool fits = text.size() <= digits_always_fit;
  for (std::size_t n = 0; n < text.size(); ++n) {
    if (is_digit(text[n])) {
      if (fits) {
        units = units * 10 + (text[n] - '0');
      } else if (__builtin_mul_overflow(units, 10, &units) ||
                 __builtin_add_overflow(units, text[n] - '0', &units)) {
        return std::nullopt;
      }
    } else if (text[n] == '.' && point == text.size()) {
      point = n;
    } else {
      return std::nullopt;
    }
  }
  const bool whole = point == text.size();
  const std::size_t fraction = whole ? 0 : text.size() - point - 1;
  if (point == 0 || (!whole && fraction == 0) || fraction > scale_max) return std::nullopt;
  return decimal{negative ? -units : units, static_cast<std::uint8_t>(fraction)};
}

std::string decimal::text() const { return scaled_text(units, scale); }

double decimal::approximate() const noexcept {
  return static_cast<double>(units) / static_cast<double>(powers[scale]);
}

std::strong_ordering decimal::compare(const decimal& a, const decimal& b) noexcept {
  const unsigned scale = std::max(a.scale, b.scale);
  const int128 left = a.units * powers[scale - a.scale];
  const int128 right = b.units * powers[scale - b.scale];
  return left < right   ? std::strong_ordering::less
         : left > right ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

bool decimal_sum::add(int128 units, unsigned scale) noexcept {
  const unsigned wider = std::max(scale, scale_);
  int128 sum = units_;
  if (scale != scale_) {
    if (!widen(sum, wider - scale_) || !widen(units, wider - scale)) return false;
  }
  if (__builtin_add_overflow(sum, units, &sum)) return false;
  units_ = sum;
  scale_ = wider;
  return true;
}

std::string decimal_sum::text() const { return scaled_text(units_, scale_); }

double decimal_sum::approximate() const noexcept {
  return static_cast<double>(units_) / static_cast<double>(powers[scale_]);
}

std::string decimal_sum::over(const decimal_sum& divisor, unsigned digits) const {
  int128 numerator = units_;
  int128 denominator = divisor.units_;
  const unsigned wider = std::max(scale_, divisor.scale_);
  if (!widen(numerator, wider - scale_) || !widen(denominator, wider - divisor.scale_)) return "-";
  return quotient_text(numerator, denominator, digits);
}

std::string scaled_text(int128 units, unsigned scale) {
  const bool negative = units < 0;
  std::string reversed;
  for (unsigned n = 0; units != 0 || n <= scale; ++n) {
    if (n == scale && scale != 0) reversed += '.';
    const int digit = static_cast<int>(units % 10);
    reversed += static_cast<char>('0' + (digit < 0 ? -digit : digit));
    units /= 10;
  }
  if (negative) reversed += '-';
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

std::string quotient_text(int128 numerator, int128 denominator, unsigned digits) {
  if (denominator == 0) return "0";
  if (!widen(numerator, digits) || denominator > largest / 2 || denominator < -largest / 2) {
    return "-";
  }
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const bool negative = numerator < 0;
  const int128 scaled = negative ? -numerator : numerator;
  int128 quotient = scaled / denominator;
  const int128 twice = scaled % denominator * 2;
  if (twice > denominator || (twice == denominator && quotient % 2 != 0)) ++quotient;
  return scaled_text(negative ? -quotient : quotient, digits);
}

}  // namespace trading
