#pragma once

#include <compare>
#include <cstdint>
#include <memory>
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
  /// Why `parse` does not take `text`: "an exponent", "too many digits", "no plain number".
  static const char* fault(std::string_view text) noexcept;
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

struct wide_integer;  // as many bits as it takes

/// An exact sum of decimals and of products of decimals. It has as many fractional digits as the
/// most precise term had, as decimal arithmetic on paper does. There is no sum it cannot hold: one
/// that needs more than 128 bits goes on in a wider integer, which is slower.
class decimal_sum {
 public:
  decimal_sum() noexcept;
  decimal_sum(const decimal_sum& other);
  decimal_sum(decimal_sum&&) noexcept;
  decimal_sum& operator=(const decimal_sum& other);
  decimal_sum& operator=(decimal_sum&&) noexcept;
  ~decimal_sum();

  void add(const decimal& term) { add(term.units, term.scale); }
  void add_product(const decimal& a, const decimal& b) {
    add(int128{a.units} * b.units, static_cast<unsigned>(a.scale) + b.scale);
  }
  std::string text() const;
  std::string units_text() const;  ///< its digits without the point: 12.50 gives 1250
  double approximate() const;
  /// This sum divided by another and rounded half to even; "0" when the other is 0.
  std::string over(const decimal_sum& divisor, unsigned digits) const;

 private:
  void add(int128 units, unsigned scale);
  bool add_narrow(int128 units, unsigned scale) noexcept;
  void add_wide(int128 units, unsigned scale);
  wide_integer wide() const;

  int128 units_ = 0;
  unsigned scale_ = 0;
  std::unique_ptr<wide_integer> wide_;  // in the place of units_, once that was too small
};

/// `units` / 10^`scale` in plain digits: ("-12345", 3) is "-12.345".
std::string scaled_text(int128 units, unsigned scale);

/// numerator / denominator rounded half to even to `digits` fractional digits, exactly: no floating
/// point is involved. "0" when the denominator is 0.
std::string quotient_text(int128 numerator, int128 denominator, unsigned digits);

}  // namespace trading
