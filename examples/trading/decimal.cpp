#include "decimal.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <array>

namespace trading {

struct wide_integer {
  boost::multiprecision::cpp_int value;
};

namespace {

using boost::multiprecision::cpp_int;

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

std::string wide_text(const cpp_int& units, unsigned scale) {
  const bool negative = units < 0;
  std::string text = cpp_int{abs(units)}.str();
  if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
  if (scale != 0) text.insert(text.size() - scale, 1, '.');
  return negative ? "-" + text : text;
}

std::string wide_quotient(const cpp_int& numerator, const cpp_int& denominator, unsigned digits) {
  if (denominator == 0) return "0";
  const cpp_int scaled = abs(numerator) * cpp_int{powers[digits]};
  const cpp_int divisor = abs(denominator);
  cpp_int quotient = scaled / divisor;
  const cpp_int twice = scaled % divisor * 2;
  if (twice > divisor || (twice == divisor && quotient % 2 != 0)) ++quotient;
  const bool negative = (numerator < 0) != (denominator < 0);
  return wide_text(negative ? cpp_int{-quotient} : quotient, digits);
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

const char* decimal::fault(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return "no plain number";
  if (text.find_first_of("eE") != text.npos) return "an exponent";
  const bool plain = text.find_first_not_of(".0123456789") == text.npos && is_digit(text.back()) &&
                     text.find('.') == text.rfind('.');
  return plain ? "too many digits" : "no plain number";
}

decimal_sum::decimal_sum() noexcept = default;
decimal_sum::decimal_sum(decimal_sum&&) noexcept = default;
decimal_sum& decimal_sum::operator=(decimal_sum&&) noexcept = default;
decimal_sum::~decimal_sum() = default;

decimal_sum::decimal_sum(const decimal_sum& other)
    : units_{other.units_},
      scale_{other.scale_},
      wide_{other.wide_ ? std::make_unique<wide_integer>(*other.wide_) : nullptr} {}

decimal_sum& decimal_sum::operator=(const decimal_sum& other) { return *this = decimal_sum{other}; }

void decimal_sum::add(int128 units, unsigned scale) {
  if (wide_ || !add_narrow(units, scale)) [[unlikely]]
    add_wide(units, scale);
}

bool decimal_sum::add_narrow(int128 units, unsigned scale) noexcept {
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

wide_integer decimal_sum::wide() const { return wide_ ? *wide_ : wide_integer{cpp_int{units_}}; }

void decimal_sum::add_wide(int128 units, unsigned scale) {
  if (!wide_) wide_ = std::make_unique<wide_integer>(wide());
  const unsigned wider = std::max(scale, scale_);
  wide_->value *= cpp_int{powers[wider - scale_]};
  wide_->value += cpp_int{units} * cpp_int{powers[wider - scale]};
  scale_ = wider;
}

std::string decimal_sum::text() const {
  return wide_ ? wide_text(wide_->value, scale_) : scaled_text(units_, scale_);
}

std::string decimal_sum::units_text() const {
  return wide_ ? wide_text(wide_->value, 0) : scaled_text(units_, 0);
}

double decimal_sum::approximate() const {
  const double units = wide_ ? wide_->value.convert_to<double>() : static_cast<double>(units_);
  return units / static_cast<double>(powers[scale_]);
}

std::string decimal_sum::over(const decimal_sum& divisor, unsigned digits) const {
  int128 numerator = units_;
  int128 denominator = divisor.units_;
  const unsigned wider = std::max(scale_, divisor.scale_);
  if (!wide_ && !divisor.wide_ && widen(numerator, wider - scale_) &&
      widen(denominator, wider - divisor.scale_)) {
    return quotient_text(numerator, denominator, digits);
  }
  return wide_quotient(wide().value * cpp_int{powers[wider - scale_]},
                       divisor.wide().value * cpp_int{powers[wider - divisor.scale_]}, digits);
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
  int128 scaled = numerator;
  if (!widen(scaled, digits) || denominator > largest / 2 || denominator < -largest / 2)
    return wide_quotient(cpp_int{numerator}, cpp_int{denominator}, digits);
  if (denominator == 0) return "0";
  const bool negative = (scaled < 0) != (denominator < 0);
  if (scaled < 0) scaled = -scaled;
  if (denominator < 0) denominator = -denominator;
  int128 quotient = scaled / denominator;
  const int128 twice = scaled % denominator * 2;
  if (twice > denominator || (twice == denominator && quotient % 2 != 0)) ++quotient;
  return scaled_text(negative ? -quotient : quotient, digits);
}

}  // namespace trading
