#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trading {

/// Walks one JSON text in place, front to back, without building a tree: objects whose keys are
/// known cost one pass over their bytes and no allocation. Strict (RFC 8259): what is accepted by
/// the walk and `finish()` is well-formed where it was read or skipped; strings are not checked
/// for UTF-8. The first fault sticks: every later call does nothing and says false.
///
/// Views point into the text, or, for a string with escapes, into the scanner, where they last
/// until the next string or key.
class json_scanner {
 public:
  static constexpr unsigned depth_max = 64;

  explicit json_scanner(std::string_view text) noexcept
      : begin_{text.data()}, at_{begin_}, end_{begin_ + text.size()} {}

  /// Steps into an object. Then: `while (next_key(k)) { read or skip one value }`.
  bool enter_object() noexcept { return enter('{'); }
  /// False after the last member (its brace is consumed) and on a fault: see `failed()`.
  bool next_key(std::string_view& key);

  /// Steps into an array. Then: `while (next_item()) { read or skip one value }`.
  bool enter_array() noexcept { return enter('['); }
  bool next_item() noexcept;

  bool text(std::string_view& out);
  bool integer(std::int64_t& out) noexcept;  ///< exact, all 64 bits; fractions are refused
  bool boolean(bool& out) noexcept;
  /// The characters of a string or of a number; anything else is a fault.
  bool string_or_number(std::string_view& out);
  bool skip();                       ///< any value, checked for form
  bool skip(std::string_view& raw);  ///< the same, and shows its bytes

  /// True when the text ends here.
  bool finish() noexcept;

  /// First byte of the value that comes next; 0 at the end.
  char peek() noexcept;

  bool failed() const noexcept { return reason_ != nullptr; }
  const char* reason() const noexcept { return reason_ ? reason_ : ""; }
  /// Offset of the fault, or of the next byte.
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  bool fail(const char* reason) noexcept {
    if (!reason_) reason_ = reason;
    return false;
  }

 private:
  bool enter(char open) noexcept;
  void skip_space() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  bool separator(char close) noexcept;
  bool unescape(const char* from, const char* to);
  bool escape(const char*& from, const char* to);
  bool literal(std::string_view word) noexcept;
  bool number_token(std::string_view& out) noexcept;
  bool skip_nested(unsigned depth);

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* reason_ = nullptr;
  bool first_ = false;  ///< no member of the container just entered was read yet
  std::string unescaped_;
};

}  // namespace trading
