#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trading {

__extension__ typedef __int128 int128;

/// A price or quantity exactly as it was written: `units` / 10^`scale`. "0.10" and "0.1" compare
/// equal but keep their digits. Any 18 digits fit (leading zeros do not count) and
/// a product of two fits 128 bits.
struct decimal {
  std::int64_t units = 0;
  std::uint8_t scale = 0;

  /// Reads `-?digits[.digits]`; nothing for any other text, an exponent, too many digits.
  static std::optional<decimal> parse(std::string_view text) noexcept;
  std::string text() const;
  double approximate() const noexcept;  ///< for the strategy and for pictures, never for money
  bool zero() const noexcept { return units == 0; }

  friend std::strong_ordering operator<=>(const decimal& a, const decimal& b) noexcept {
    return a.scale == b.scale ? a.units <=> b.units : compare(a, b);
  }
  friend bool operator==(const decimal& a, const decimal& b) noexcept { return (a <=> b) == 0; }

 private:
  static std::strong_ordering compare(const decimal& a, const decimal& b) noexcept;
};

/// An exact sum of decimals and of products of decimals. It has as many fractional digits as the
/// most precise term had, as decimal arithmetic on paper does.
class decimal_sum {
 public:
  /// False, and nothing is added, when the sum would not fit 128 bits.
  [[nodiscard]] bool add(const decimal& term) noexcept { return add(term.units, term.scale); }
  [[nodiscard]] bool add_product(const decimal& a, const decimal& b) noexcept {
    return add(int128{a.units} * b.units, static_cast<unsigned>(a.scale) + b.scale);
  }
  std::string text() const;
  int128 units() const noexcept { return units_; }  ///< of the last digit `text()` shows
  double approximate() const noexcept;
  /// This sum divided by another, rounded half to even; "-" when that cannot be done exactly.
  std::string over(const decimal_sum& divisor, unsigned digits) const;

 private:
  bool add(int128 units, unsigned scale) noexcept;

  int128 units_ = 0;
  unsigned scale_ = 0;
};

/// `units` / 10^`scale` in plain digits: ("-12345", 3) is "-12.345".
std::string scaled_text(int128 units, unsigned scale);

/// numerator / denominator rounded half to even to `digits` fractional digits, exactly: no floating
/// point is involved. "0" when the denominator is 0, "-" when the way there does not fit 128 bits.
std::string quotient_text(int128 numerator, int128 denominator, unsigned digits);

}  // namespace trading
