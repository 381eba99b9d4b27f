#pragma once

#include <ensue/base/clock.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trading {

/// 1234567 → "1,234,567".
std::string grouped(std::int64_t number);
/// With `digits` fractional digits: 1234.5 → "1,234.50".
std::string grouped(double number, int digits);
/// "812 ns", "14.2 us", "3.1 ms", "38.5 s", "2 min 5 s".
std::string duration_text(ensue::duration d);
/// Drops zeros behind the point: "61837.63000000" → "61837.63".
std::string trimmed(std::string text);

/// Marks text for a terminal; without colours it is left as it is.
struct paint {
  bool on = false;
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string good(std::string_view text) const { return wrap("32", text); }
  std::string bad(std::string_view text) const { return wrap("31", text); }

 private:
  std::string wrap(const char* code, std::string_view text) const;
};

/// Rows of cells in columns as wide as they need; the first `left` columns to the left, the others
/// to the right.
class table {
 public:
  explicit table(std::size_t left = 1) : left_{left} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text(std::string_view indent) const;

 private:
  std::size_t left_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace trading
